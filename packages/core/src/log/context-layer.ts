import type { Bindings, ChildLoggerOptions, Logger } from 'pino'

import { requestOf } from '../context/scopes.ts'
import { orderOf, shapeOf } from '../pino/line-shape.ts'
import { keepFormat, lineHooks, safeFormatters } from '../pino/own-format.ts'
import {
  diversionOf,
  HOOKS,
  hookBelowLevel,
  SERIALIZERS,
  type Serializers,
  setPrivatePart,
  type WriteLine,
} from '../pino/pino-parts.ts'
import type { Fields } from '../seam.ts'
import { namesOfProcess, SERVICE } from './base-bindings.ts'
import { type CallReading, NO_FIELDS, printedFields, saidBy } from './call.ts'
import {
  BOUND,
  type ContextLayer,
  type ContextLogger,
  contextOf,
  LEVELED,
  type LoggerSetup,
  ORIGIN,
  SCOPE,
  STORAGE,
  USER_SERIALIZERS,
  VOICE,
} from './context-logger.ts'
import { allOf, isEmpty, nameOfOnlyText, shareName, withoutClashes } from './names.ts'
import { quietOf } from './quiet-lines.ts'

/** What the context adds to lines. */
const CONTEXT_NAMES = ['request_id', 'trace_id', 'span_id']
/** The names of Sightline's own format, which no field of a request or job has. */
const COMMON_NAMES = new Set(['level', 'time', 'service', 'msg'])

/** Makes what the loggers of ours have in common that descend from a pino and write the same shape of lines. */
export function createLayer(root: Logger, setup: LoggerSetup): ContextLayer {
  const { printer, levels, storage, keepsQuiet, fault } = setup
  const shape = shapeOf(root)
  const order = orderOf(root)
  const { messageKey, isNested } = shape
  const ownNames = new Set([...shape.ownNames, messageKey])
  const outer = [...shape.ownNames, ...namesOfProcess(root), SERVICE]
  const besideFields = isNested ? [] : outer
  const reading: CallReading = {
    printer,
    shape,
    reserved: new Set([...besideFields, ...CONTEXT_NAMES]),
    reservedBesideMessage: new Set([...besideFields, ...CONTEXT_NAMES, ...(isNested ? [] : [messageKey])]),
  }
  // Fields of requests and jobs have room for the names of Sightline's own format only.
  const clashing = isNested ? [] : [...outer, messageKey].filter((name) => !COMMON_NAMES.has(name))
  const reservedInBindings = new Set([...outer, ...CONTEXT_NAMES, messageKey])

  const logger = Object.create(root) as ContextLogger
  const { logMethod: userHook, ...hooks } = logger[HOOKS]
  // pino's types of child loggers differ in their custom levels, which do not matter here.
  const nativeChild = root.child as unknown as (
    this: Logger,
    bindings: Bindings,
    options: object | undefined,
  ) => ContextLogger
  const nativeSetBindings = root.setBindings

  logger[STORAGE] = storage
  useSerializers(logger, logger[SERIALIZERS])
  keepFormat(logger, { printer, fault, reserved: new Set([...outer, messageKey]) })
  logger[HOOKS] = {
    ...hooks,
    ...(setup.lines && lineHooks(hooks, fault, setup.lines)),
    logMethod(this: Logger, args, method, level) {
      // pino calls a hook with the logger whose method was called: one of ours.
      const writer = this as ContextLogger
      if (writer[VOICE] === 'access') tell(writer, args[0] as Fields, args[1], method)
      else if (levels.byRequest && isUnwanted(writer, level)) keep(writer, args, method, level)
      else take(writer, args, method, level)
    },
  }
  const divert = keepsQuiet ? diversionOf(logger) : undefined
  if (divert)
    hookBelowLevel(logger, order.lowest, function (args, method, level) {
      keep(this as ContextLogger, args, method, level)
    })
  // pino builds its level methods around the hook when the level is set.
  logger.level = root.level

  logger.child = function child(this: ContextLogger, bindings: Bindings, options?: ChildLoggerOptions) {
    const serializers = options?.serializers && allOf(this[USER_SERIALIZERS], options.serializers)
    const { all, isAgain, added } = bindingsOf(this, bindings, serializers ?? this[USER_SERIALIZERS])
    const parent = isAgain ? withBindings(this, this[ORIGIN].base.kept) : this
    const derived = nativeChild.call(parent, added, options && optionsForPino(options))
    derived[BOUND] = all
    if (serializers) useSerializers(derived, serializers)
    return derived as never
  }

  logger.setBindings = function setBindings(this: ContextLogger, bindings: Bindings) {
    const { all, isAgain, added } = bindingsOf(this, bindings, this[USER_SERIALIZERS])
    // pino adds to the text of the bindings that there are.
    if (isAgain) setPrivatePart(this, 'chindings', this[ORIGIN].base.kept)
    nativeSetBindings.call(this, added)
    this[BOUND] = all
  }

  // The name of the latest binding of one text: a framework gives each request's logger the id under the same name.
  let idName: string | undefined

  return { root, logger, ownNames }

  /** Serializers of the user's see values themselves. pino itself has only that of the message left to call. */
  function useSerializers(of: ContextLogger, serializers: Serializers): void {
    const { [messageKey]: ofMessage } = serializers
    const masked = (message: unknown) => (typeof message === 'string' ? printer.text(message) : message)
    of[USER_SERIALIZERS] = serializers
    of[SERIALIZERS] = { [messageKey]: ofMessage ? (message) => masked(ofMessage(message)) : masked }
  }

  /** What pino has to know of the options of a child: `undefined`, where it is nothing, lets it do less. */
  function optionsForPino(options: ChildLoggerOptions): object | undefined {
    if (isEmpty(options)) return undefined
    const { serializers: _serializers, formatters, ...rest } = options
    return formatters ? { ...rest, formatters: safeFormatters(formatters, fault) } : rest
  }

  /** What bindings add to those of a logger. pino would write a name once more where it is there already. */
  function bindingsOf(parent: ContextLogger, bindings: object, serializers: Serializers) {
    const bound = parent[BOUND]
    const { replaceable } = parent[ORIGIN].base
    const printed = printedBindings(bindings ?? {}, serializers)
    const all = bound ? { ...bound, ...printed } : printed
    const isAgain = shareName(replaceable, printed) || (bound !== undefined && shareName(bound, printed))
    return { all, isAgain, added: isAgain ? { ...replaceable, ...all } : printed }
  }

  function printedBindings(bindings: object, serializers: Serializers): Fields {
    const name = nameOfOnlyText(bindings)
    if (name === undefined || serializers[name] !== undefined)
      return printedFields(bindings, serializers, printer, shape, reservedInBindings)
    const value = (bindings as Fields)[name] as string
    if (name === idName) return { [name]: printer.text(value) }
    const printed = printedFields(bindings, serializers, printer, shape, reservedInBindings)
    // The name of one that is masked or renamed has to be looked at each time.
    if (printed[name] === value) idName = name
    return printed
  }

  /** Lets the application's own hook have a call first, as it came. */
  function take(writer: ContextLogger, args: unknown[], method: WriteLine, level: number): void {
    if (writer[VOICE] === 'sightline') {
      write(writer, underErrorKey(args), method)
      return
    }
    if (!userHook) {
      write(writer, args, method)
      return
    }
    try {
      userHook.call(
        writer,
        args,
        function (this: Logger | undefined, ...own) {
          write((this ?? writer) as ContextLogger, own, method)
        },
        level,
      )
    } catch (error) {
      writeUnreadable(writer, args, method, error)
    }
  }

  function write(writer: ContextLogger, args: readonly unknown[], method: WriteLine): void {
    try {
      const { fields, message } = saidBy(writer, args, writer[USER_SERIALIZERS] ?? {}, reading)
      emit(writer, contextOf(writer, setup), fields, message, method)
    } catch (error) {
      writeUnreadable(writer, args, method, error)
    }
  }

  /** A logger that throws turns every log line into a possible crash: what can be said of it is said instead. */
  function writeUnreadable(
    writer: ContextLogger,
    args: readonly unknown[],
    method: WriteLine,
    error: unknown,
  ): void {
    const message = args.find((value) => typeof value === 'string') ?? 'a log line that could not be written'
    try {
      method.call(writer, { ...contextOf(writer, setup), unreadable: printer.value(error) }, message)
    } catch (again) {
      fault('a log line', again)
    }
  }

  /** What Sightline itself says has its errors below `err`. */
  function underErrorKey(args: readonly unknown[]): readonly unknown[] {
    const [first, ...rest] = args as [Fields, ...unknown[]]
    if (shape.errorKey === 'err' || !Object.hasOwn(first, 'err')) return args
    const { err, ...others } = first
    return [{ ...others, [shape.errorKey]: err }, ...rest]
  }

  /** Writes a line, each name once: a call's field before a child's, a child's before the context's. */
  function emit(
    writer: ContextLogger,
    given: Fields,
    fields: Fields,
    message: unknown,
    method: WriteLine,
  ): void {
    const context = clashing.length > 0 ? withoutClashes(given, clashing) : given
    const line = fields === NO_FIELDS ? context : { ...context, ...fields }
    const { base } = writer[ORIGIN]
    if (isBoundAgain(writer, line))
      method.call(
        withBindings(writer, base.kept),
        { ...base.replaceable, ...context, ...writer[BOUND], ...fields },
        message,
      )
    else method.call(writer, line, message)
  }

  /** Writes an access event: what it says comes before what the logger was given. */
  function tell(writer: ContextLogger, event: Fields, message: unknown, method: WriteLine): void {
    const line = clashing.length > 0 ? withoutClashes(event, clashing) : event
    const { base } = writer[ORIGIN]
    if (isBoundAgain(writer, line))
      method.call(
        withBindings(writer, base.kept),
        { ...base.replaceable, ...writer[BOUND], ...line },
        message,
      )
    else method.call(writer, line, message)
  }

  /** Whether a line has a field that is called like a binding. */
  function isBoundAgain(writer: ContextLogger, line: Fields): boolean {
    if (isNested) return false
    const bound = writer[BOUND]
    return shareName(writer[ORIGIN].base.replaceable, line) || (bound !== undefined && shareName(bound, line))
  }

  /** For a line below the level, which its request may need once it has failed. */
  function keep(writer: ContextLogger, args: unknown[], method: WriteLine, level: number): void {
    const scope = writer[SCOPE] ?? storage.getStore()
    const quiet = scope && quietOf(scope)
    if (!divert || !quiet?.isOpen) return
    take(
      divert(writer, (line, stream) => quiet.add(line, level, stream)),
      args,
      method,
      level,
    )
  }

  /** Whether a line is possible only because the requests of some path have a lower level. */
  function isUnwanted(writer: ContextLogger, level: number): boolean {
    const scope = writer[SCOPE] ?? storage.getStore()
    const own = levels.ofRequest(scope?.path, () => scope && requestOf(scope)?.routeSoFar())
    const { logger: first, levelVal } = writer[ORIGIN]
    const threshold = own ? order.valueOf(own.level) : (first[LEVELED]?.ownValue ?? levelVal)
    return !order.writes(level, threshold) && !hasOwnLevel(writer, first)
  }
}

/** A logger that is as another one, but has these bindings. */
function withBindings<L extends Logger>(logger: L, text: string): L {
  const bound = Object.create(logger) as L
  setPrivatePart(bound, 'chindings', text)
  return bound
}

/** Whether a logger below another one was given a level of its own: pino then makes methods of its own for it. */
function hasOwnLevel(descendant: Logger, ancestor: Logger): boolean {
  for (
    let each: Logger | null = descendant;
    each !== null && each !== ancestor;
    each = Object.getPrototypeOf(each) as Logger | null
  ) {
    if (Object.hasOwn(each, 'fatal')) return true
  }
  return false
}
