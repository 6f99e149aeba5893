import type { Bindings, ChildLoggerOptions, Logger } from 'pino'

import type { RunningScope, ScopeStorage } from '../context/scopes.ts'
import type { Printer } from '../printing/printer.ts'
import type { FaultReporter, Fields } from '../seam.ts'
import type { Lines } from '../stdout/lines.ts'
import { BaseBindings } from './base-bindings.ts'
import { type CallReading, NO_FIELDS, printedFields, saidBy } from './call.ts'
import type { Caller } from './caller.ts'
import type { LeveledLogger, LogLevels } from './levels.ts'
import { orderOf, shapeOf } from './line-shape.ts'
import { keepFormat, lineHooks, safeFormatters } from './own-format.ts'
import {
  diversionOf,
  HOOKS,
  type Hooks,
  hookBelowLevel,
  SERIALIZERS,
  type Serializers,
  setPrivatePart,
  type WriteLine,
} from './pino-parts.ts'

/** What a logger of ours is made with. */
export interface LoggerSetup {
  readonly storage: ScopeStorage
  readonly printer: Printer
  /** The levels that were changed while the service runs. */
  readonly levels: LogLevels
  /** Finds out who writes a line. Absent: nobody wants to know. */
  readonly caller?: (() => Caller | undefined) | undefined
  /** Whether requests keep the lines that are below the level. */
  readonly keepsQuiet: boolean
  /** Told of a line that could not be written. */
  readonly fault: FaultReporter
  /** Shown the lines of loggers that write to a destination of their own; absent: they are seen at the destination. */
  readonly lines?: Lines
}

/** The scope that a logger is bound to, whatever is current; `null`: to none. */
export const SCOPE = Symbol('sightline.scope')
/** Where the level of a service's logger can be changed. */
export const LEVELED = Symbol('sightline.leveled')
/** Whose calls a logger writes where they are not the application's: ours, or access events, which are printed already. */
export const VOICE = Symbol('sightline.voice')
/** The serializers of a logger's user, which we apply: they must see the value itself, not its printed copy. */
export const USER_SERIALIZERS = Symbol('sightline.serializers')
/** The bindings that a logger has got from children and `setBindings`, as they are printed. */
const BOUND = Symbol('sightline.bound')

export interface ContextLogger extends Logger {
  [SCOPE]?: RunningScope | null
  [BOUND]?: Fields
  [LEVELED]?: LeveledLogger
  [VOICE]?: 'sightline' | 'access'
  [USER_SERIALIZERS]: Serializers
  [HOOKS]: Hooks
  [SERIALIZERS]: Serializers
}

/** What the context adds to lines. */
const CONTEXT_NAMES = ['request_id', 'trace_id', 'span_id']
/** The names of Sightline's own format, which no field of a request or job has. */
const COMMON_NAMES = new Set(['level', 'time', 'service', 'msg'])

/**
 * Derives a logger from any pino logger whose lines carry the current scope's ids and fields, hold no secret, and never
 * throw into the code that writes them. The original stays as it is, and what it was told about the shape of its lines
 * holds for these as well.
 */
export function withContext(original: Logger, setup: LoggerSetup, service: string): ContextLogger {
  const { printer, levels, storage, keepsQuiet, fault } = setup
  const shape = shapeOf(original)
  const order = orderOf(original)
  const { messageKey, isNested } = shape
  const ownNames = new Set([...shape.ownNames, messageKey])
  const base = new BaseBindings(original, service, printer, ownNames)
  const outer = [...shape.ownNames, ...base.keptNames]
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

  // Not a child: the application's `onChild` is for children of its own.
  const logger = Object.create(original) as ContextLogger
  const { logMethod: userHook, ...hooks } = logger[HOOKS]
  const originalValue = original.levelVal
  // pino's types of child loggers differ in their custom levels, which do not matter here.
  const nativeChild = original.child as unknown as (
    this: Logger,
    bindings: Bindings,
    options: object,
  ) => ContextLogger
  const nativeSetBindings = original.setBindings

  useSerializers(logger, logger[SERIALIZERS])
  keepFormat(logger, { printer, fault, reserved: new Set([...outer, messageKey]) })
  logger[HOOKS] = {
    ...hooks,
    ...(setup.lines && lineHooks(hooks, fault, setup.lines)),
    logMethod(this: Logger, args, method, level) {
      // pino calls a hook with the logger whose method was called: one of ours.
      const writer = this as ContextLogger
      if (writer[VOICE] === 'access') emit(writer, args[0] as Fields, NO_FIELDS, args[1], method)
      else if (levels.byRequest && isUnwanted(writer, level)) keep(writer, args, method, level)
      else take(writer, args, method, level)
    },
  }
  const divert = keepsQuiet ? diversionOf(logger) : undefined
  if (divert)
    hookBelowLevel(logger, order.lowest, function (args, method, level) {
      keep(this as ContextLogger, args, method, level)
    })
  base.follow(logger)
  // pino builds its level methods around the hook when the level is set.
  logger.level = original.level

  logger.child = function child(this: ContextLogger, bindings: Bindings, options: ChildLoggerOptions = {}) {
    const { serializers, formatters, ...rest } = options
    const own: Serializers = { ...this[USER_SERIALIZERS], ...serializers }
    const { all, isAgain, added } = bindingsOf(this, bindings, own)
    const derived = nativeChild.call(isAgain ? withBindings(this, base.kept) : this, added, {
      ...rest,
      ...(formatters && { formatters: safeFormatters(formatters, fault) }),
    })
    derived[BOUND] = all
    if (serializers) useSerializers(derived, own)
    return derived as never
  }

  logger.setBindings = function setBindings(this: ContextLogger, bindings: Bindings) {
    const { all, isAgain, added } = bindingsOf(this, bindings, this[USER_SERIALIZERS])
    // pino adds to the text of the bindings that there are.
    if (isAgain) setPrivatePart(this, 'chindings', base.kept)
    nativeSetBindings.call(this, added)
    this[BOUND] = all
  }

  return logger

  /** Serializers of the user's see values themselves. pino itself has only that of the message left to call. */
  function useSerializers(of: ContextLogger, serializers: Serializers): void {
    const { [messageKey]: ofMessage } = serializers
    const masked = (message: unknown) => (typeof message === 'string' ? printer.text(message) : message)
    of[USER_SERIALIZERS] = serializers
    of[SERIALIZERS] = { [messageKey]: ofMessage ? (message) => masked(ofMessage(message)) : masked }
  }

  /** What bindings add to those of a logger. pino would write a name once more where it is there already. */
  function bindingsOf(parent: ContextLogger, bindings: object, serializers: Serializers) {
    const bound = parent[BOUND]
    const printed = printedFields(bindings ?? {}, serializers, printer, shape, reservedInBindings)
    const all = { ...bound, ...printed }
    const isAgain = shareName(base.replaceable, printed) || (bound !== undefined && shareName(bound, printed))
    return { all, isAgain, added: isAgain ? { ...base.replaceable, ...all } : printed }
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
    const bound = writer[BOUND]
    if (!isNested && (shareName(base.replaceable, line) || (bound && shareName(bound, line))))
      method.call(
        withBindings(writer, base.kept),
        { ...base.replaceable, ...context, ...bound, ...fields },
        message,
      )
    else method.call(writer, line, message)
  }

  /** For a line below the level, which its request may need once it has failed. */
  function keep(writer: ContextLogger, args: unknown[], method: WriteLine, level: number): void {
    const quiet = (writer[SCOPE] ?? storage.getStore())?.quiet
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
    const request = scope?.whole ?? scope
    const own = levels.ofRequest(scope?.path, () => request?.routeSoFar?.())
    const threshold = own ? order.valueOf(own.level) : (logger[LEVELED]?.ownValue ?? originalValue)
    return !order.writes(level, threshold) && !hasOwnLevel(writer, logger)
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

/** Fields with an underscore behind the names that the logger itself writes. */
function withoutClashes(fields: Fields, clashing: readonly string[]): Fields {
  let free = fields
  for (const name of clashing) {
    if (!Object.hasOwn(free, name)) continue
    const { [name]: value, ...others } = free
    free = { ...others, [`${name}_`]: value }
  }
  return free
}

/** Whether a name would stand in a line twice. */
function shareName(bound: Fields, fields: object): boolean {
  for (const name in bound) if (Object.hasOwn(fields, name)) return true
  return false
}

/** The fields of the scope that a line belongs to. */
function contextOf(logger: ContextLogger, setup: LoggerSetup): Fields {
  const context = scopeFields(logger, setup)
  const caller = setup.caller?.()
  return caller ? { ...context, caller } : context
}

function scopeFields(logger: ContextLogger, { storage }: LoggerSetup): Fields {
  const bound = logger[SCOPE]
  if (bound === null) return {}
  const current = storage.getStore()
  // A request's logger used within one of its operations writes the operation's span id.
  const scope = bound === undefined || current?.whole === bound ? current : bound
  if (scope === undefined) return {}
  const { id, trace, fields } = scope
  return { request_id: id, trace_id: trace.traceId, span_id: trace.spanId, ...fields }
}
