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

const CONTEXT_NAMES = ['request_id', 'trace_id', 'span_id']
/** The names of Sightline's own format. Fields of requests and jobs never have them. */
const COMMON_NAMES = new Set(['level', 'time', 'service', 'msg'])

/** Makes the layer that all derived loggers with the same root pino and the same line shape share. */
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
  // Fields of requests and jobs avoid only the names of Sightline's own format. The other names are renamed here.
  const clashing = isNested ? [] : [...outer, messageKey].filter((name) => !COMMON_NAMES.has(name))
  const reservedInBindings = new Set([...outer, ...CONTEXT_NAMES, messageKey])

  const logger = Object.create(root) as ContextLogger
  const { logMethod: userHook, ...hooks } = logger[HOOKS]
  // pino's types of child loggers differ in their custom levels only, which do not matter here.
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
      // pino calls the hook with the logger whose method was called, which is a derived one.
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
  // Setting the level makes pino build its level methods around the hook.
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
    // pino appends to the text of the existing bindings.
    if (isAgain) setPrivatePart(this, 'chindings', this[ORIGIN].base.kept)
    nativeSetBindings.call(this, added)
    this[BOUND] = all
  }

  // The name of the latest single text binding. A framework binds each request's id under the same name.
  let idName: string | undefined

  return { root, logger, ownNames }

  /** Application serializers see the values themselves. pino itself calls only the message's serializer. */
  function useSerializers(of: ContextLogger, serializers: Serializers): void {
    const { [messageKey]: ofMessage } = serializers
    const masked = (message: unknown) => (typeof message === 'string' ? printer.text(message) : message)
    of[USER_SERIALIZERS] = serializers
    of[SERIALIZERS] = { [messageKey]: ofMessage ? (message) => masked(ofMessage(message)) : masked }
  }

  /** The child options that pino needs. pino does less work for `undefined` than for an empty object. */
  function optionsForPino(options: ChildLoggerOptions): object | undefined {
    if (isEmpty(options)) return undefined
    const { serializers: _serializers, formatters, ...rest } = options
    return formatters ? { ...rest, formatters: safeFormatters(formatters, fault) } : rest
  }

  /** The additions to the bindings of a logger. pino would write an existing name twice. */
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
    // A name whose value is masked or renamed must be checked for each logger.
    if (printed[name] === value) idName = name
    return printed
  }

  /** Calls the application's own `logMethod` hook first, with the original arguments. */
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

  /** Writes a replacement for an unreadable line. A logger that throws would make every log line a possible crash. */
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

  /** Sightline's own lines have their errors in `err`. Moves them to the logger's error key. */
  function underErrorKey(args: readonly unknown[]): readonly unknown[] {
    const [first, ...rest] = args as [Fields, ...unknown[]]
    if (shape.errorKey === 'err' || !Object.hasOwn(first, 'err')) return args
    const { err, ...others } = first
    return [{ ...others, [shape.errorKey]: err }, ...rest]
  }

  /** Writes a line, each name once. A field of the call wins over a child's binding, which wins over the context. */
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

  /** Writes an access event. Its fields win over the bindings of the logger. */
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

  /** Whether a field of the line has the name of a binding. */
  function isBoundAgain(writer: ContextLogger, line: Fields): boolean {
    if (isNested) return false
    const bound = writer[BOUND]
    return shareName(writer[ORIGIN].base.replaceable, line) || (bound !== undefined && shareName(bound, line))
  }

  /** Keeps a line below the level, in case its request fails. */
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

  /** Whether a line passes the logger's level only because another path or route has a lower level. */
  function isUnwanted(writer: ContextLogger, level: number): boolean {
    const scope = writer[SCOPE] ?? storage.getStore()
    const own = levels.ofRequest(scope?.path, () => scope && requestOf(scope)?.routeSoFar())
    const { logger: first, levelVal } = writer[ORIGIN]
    const threshold = own ? order.valueOf(own.level) : (first[LEVELED]?.ownValue ?? levelVal)
    return !order.writes(level, threshold) && !hasOwnLevel(writer, first)
  }
}

/** A logger that differs from another one in its bindings only. */
function withBindings<L extends Logger>(logger: L, text: string): L {
  const bound = Object.create(logger) as L
  setPrivatePart(bound, 'chindings', text)
  return bound
}

/** Whether a descendant has its own level. pino gives such a logger its own level methods. */
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
