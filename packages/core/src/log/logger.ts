import { type Bindings, type ChildLoggerOptions, type LogFn, type Logger, pino } from 'pino'

import type { FaultReporter } from '../fault.ts'
import type { LogOptions } from '../options.ts'
import type { Lines } from '../outlets.ts'
import type { RunningScope, ScopeStorage } from '../scopes.ts'
import type { Fields } from '../seam.ts'
import type { Caller } from './caller.ts'
import { LeveledLogger, type LogLevels } from './levels.ts'
import {
  diversionOf,
  HOOKS,
  hookBelowLevel,
  type LogArguments,
  messageKey,
  namesOfEachLine,
  renamed,
  SERIALIZERS,
  unbindingOf,
} from './pino-parts.ts'
import type { Printer } from './printer.ts'
import type { LogDestination } from './stdout.ts'
import { isoTime } from './time.ts'

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

/** Makes the pino logger of a service, whose lines are JSON with `level`, `time` (ISO 8601) and `service` in front. */
export function createPino(service: string, level: string, destination: LogDestination): Logger {
  const iso = isoTime()
  return pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${iso(Date.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
}

/** A child of a logger that has serializers, where there are any. */
export function withSerializers(logger: Logger, serializers: LogOptions['serializers']): Logger {
  return serializers ? logger.child({}, { serializers }) : logger
}

/** What the lines of a logger that somebody has brought along lack: the service, unless they name one. */
export function serviceBinding(logger: Logger, service: string): Bindings {
  return 'service' in logger.bindings() ? {} : { service }
}

/** Whether something is a pino logger, of whatever copy of pino. */
export function isPino(logger: unknown): logger is Logger {
  return (
    typeof logger === 'object' &&
    logger !== null &&
    HOOKS in logger &&
    'child' in logger &&
    typeof logger.child === 'function'
  )
}

/** The scope that a logger is bound to, whatever is current. */
const SCOPE = Symbol('sightline.scope')
/** The serializers of a logger's user, which we apply: they must see the value itself, not its printed copy. */
const USER_SERIALIZERS = Symbol('sightline.serializers')
/** The bindings of a logger's own, as they are printed. */
const BOUND = Symbol('sightline.bound')
/** Where the level of a service's logger can be changed. */
const LEVELED = Symbol('sightline.leveled')
/** The scopes that a logger's lines carry: which Sightline it belongs to. */
const STORAGE = Symbol('sightline.storage')

/** The names of pino's own serializers of errors: each copy of pino has functions of its own. */
const ERROR_SERIALIZERS = new Set(['errSerializer', 'errWithCauseSerializer'])

type Serializers = Record<string, (value: unknown) => unknown>

interface Hooks {
  logMethod?: ((args: LogArguments, method: LogFn, level: number) => void) | undefined
  /** May change each line that is written. */
  streamWrite?: ((line: string) => string) | undefined
}

interface ContextLogger extends Logger {
  [SCOPE]?: RunningScope
  [BOUND]?: Fields
  [LEVELED]?: LeveledLogger
  [STORAGE]?: ScopeStorage
  [USER_SERIALIZERS]: Serializers
  [HOOKS]: Hooks
  [SERIALIZERS]: Serializers
}

/**
 * Derives the logger of a service, as {@link withContext} does. It and the original follow the levels that are changed
 * while the service runs.
 */
export function serviceLogger(original: Logger, setup: LoggerSetup, service: string): Logger {
  const logger = withContext(original, setup, serviceBinding(original, service)) as ContextLogger
  logger[LEVELED] = new LeveledLogger(logger, true)
  setup.levels.add(logger[LEVELED])
  setup.levels.add(new LeveledLogger(original, false))
  return logger
}

/**
 * Lets a logger that a framework has made for itself, and all children that it makes of it, carry the context: they stay
 * what they are, with whatever the application has added to them.
 */
export function adoptLogger(logger: Logger, setup: LoggerSetup, service: string): void {
  logger.setBindings(serviceBinding(logger, service))
  const adopted = carryContext(logger as ContextLogger, logger, setup)
  adopted[LEVELED] = new LeveledLogger(adopted, true)
  setup.levels.add(adopted[LEVELED])
}

/** Whether the lines of a logger carry the scopes of a Sightline already. */
export function carriesContext(logger: Logger, { storage }: Pick<LoggerSetup, 'storage'>): boolean {
  return (logger as ContextLogger)[STORAGE] === storage
}

/** The bindings that a logger whose lines carry the context was given by {@link Logger.child}, as they are printed. */
export function boundFields(logger: unknown): Fields | undefined {
  return isPino(logger) ? (logger as ContextLogger)[BOUND] : undefined
}

/** The level that the application has given a logger, whatever holds now. */
export function ownLevel(logger: Logger): { readonly level: string; readonly value: number } {
  const { [LEVELED]: leveled, level, levelVal } = logger as ContextLogger
  return leveled ? { level: leveled.own, value: leveled.ownValue } : { level, value: levelVal }
}

/**
 * Derives a logger from any pino logger whose lines carry the current scope's ids and fields, hold no secret, and never
 * throw into whoever writes them. The original stays as it is.
 *
 * @param always fields of every line
 */
function withContext(original: Logger, setup: LoggerSetup, always: Bindings = {}): Logger {
  return carryContext(original.child(always) as ContextLogger, original, setup)
}

/** @param original what `logger` was derived from, or itself */
function carryContext(logger: ContextLogger, original: Logger, setup: LoggerSetup): ContextLogger {
  const { printer, levels, storage, keepsQuiet } = setup
  const taken = namesOfEachLine(logger)
  const originalValue = original.levelVal
  const { logMethod: userHook, ...hooks } = logger[HOOKS]
  // pino's types of child loggers differ in their custom levels, which do not matter here.
  const nativeChild = original.child as unknown as (
    this: Logger,
    bindings: Bindings,
    options: object,
  ) => ContextLogger

  logger[STORAGE] = storage
  logger[USER_SERIALIZERS] = logger[SERIALIZERS]
  logger[SERIALIZERS] = {
    [messageKey(original)]: (message) => (typeof message === 'string' ? printer.text(message) : message),
  }
  logger[HOOKS] = {
    ...withTap(hooks, setup.lines),
    logMethod(this: ContextLogger, args: LogArguments, method, level) {
      if (levels.byRequest && isUnwanted(this, level)) keep.call(this, args, method, level)
      else write(this, args, method, level)
    },
  }
  const unbind = unbindingOf(logger)
  const divert = keepsQuiet ? diversionOf(logger) : undefined
  if (divert) hookBelowLevel(logger, keep)
  // pino builds its level methods around the hook when the level is set.
  logger.level = original.level

  logger.child = function child(this: ContextLogger, bindings: Bindings, options: ChildLoggerOptions = {}) {
    let own = this[USER_SERIALIZERS]
    let rest = options
    if (options.serializers) {
      const { serializers, ...others } = options
      own = allOf(own, serializers)
      rest = others
    }
    const bound = this[BOUND]
    const printed = printedBindings(bindings, own)
    // pino writes a binding once more where a child has one of the same name.
    const isAgain = unbind && bound && shareName(bound, printed)
    const all = bound ? { ...bound, ...printed } : printed
    const derived = isAgain
      ? nativeChild.call(unbind(this), all, rest)
      : nativeChild.call(this, printed, rest)
    derived[BOUND] = all
    if (options.serializers) derived[USER_SERIALIZERS] = own
    return derived as never
  }

  /** The only name of the latest binding of one text: a framework gives each request's logger the id under the same name. */
  let idName: string | undefined

  function printedBindings(bindings: Bindings, own: Serializers): Fields {
    const name = onlyName(bindings)
    const value: unknown = name === undefined ? undefined : bindings[name]
    const isText = name !== undefined && typeof value === 'string' && own[name] === undefined
    if (isText && name === idName) return { [name]: printer.text(value) }
    const printed = renamed(printedFields(bindings, own, printer), taken)
    // The name of one that is masked or renamed has to be looked at each time.
    if (isText && printed[name] === value) idName = name
    return printed
  }

  function write(writer: ContextLogger, args: LogArguments, method: LogFn, level: number): void {
    try {
      const line = lineOf(writer, args, setup)
      const bound = writer[BOUND]
      // The context is always in front, and an object.
      if (unbind && bound && shareName(bound, line[0] as Fields))
        emit(unbind(writer), lineOf(writer, args, setup, bound), method, level)
      else emit(writer, line, method, level)
    } catch (error) {
      // A logger that throws turns every log line into a possible crash: what can be said of it is said instead.
      const message =
        args.find((value: unknown) => typeof value === 'string') ?? 'a log line that could not be written'
      const fields = { ...contextOf(writer, setup), unreadable: printer.value(error) }
      writeSafely(() => method.apply(writer, [fields, message]), setup)
    }
  }

  function emit(writer: ContextLogger, line: LogArguments, method: LogFn, level: number): void {
    // The context is always in front, and an object.
    line[0] = renamed(line[0] as Fields, taken)
    if (userHook) userHook.call(writer, line, method, level)
    else method.apply(writer, line)
  }

  /** For a line below the level, which its request may need once it has failed. */
  function keep(this: ContextLogger, args: LogArguments, method: LogFn, level: number): void {
    const quiet = (this[SCOPE] ?? storage.getStore())?.quiet
    if (!divert || !quiet?.isOpen) return
    const keeper = divert(this, (line, stream) => quiet.add(line, level, stream))
    write(keeper, args, method, level)
  }

  /** Whether a line is possible only because the requests of some path have a lower level. */
  function isUnwanted(writer: ContextLogger, level: number): boolean {
    const scope = writer[SCOPE] ?? storage.getStore()
    const request = scope?.whole ?? scope
    const own = levels.ofRequest(scope?.path, () => request?.routeSoFar?.())
    const threshold = own?.value ?? logger[LEVELED]?.ownValue ?? originalValue
    return level < threshold && !hasOwnLevel(writer, logger)
  }

  return logger
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

/** The logger of a request that carries one already, from a library that has seen it before. */
export function requestLogger(scope: RunningScope, existing: Logger, setup: LoggerSetup): Logger {
  const logger = boundTo(scope, withContext(existing, setup))
  const change = setup.levels.of(scope.path)
  if (change) logger.level = change.level
  return logger
}

/** A child of a pino logger whose lines are shown to those who want to have them too. */
export function tapped(logger: Logger, lines: Lines, options: ChildLoggerOptions): Logger {
  const child = logger.child({}, options) as ContextLogger
  child[HOOKS] = withTap(child[HOOKS], lines)
  return child
}

function withTap(hooks: Hooks, lines: Lines | undefined): Hooks {
  if (lines === undefined) return hooks
  const { streamWrite = (line) => line } = hooks
  return {
    ...hooks,
    streamWrite(line) {
      const written = streamWrite(line)
      lines.show(written)
      return written
    },
  }
}

/** A logger whose lines carry this scope, even where the current one got lost. */
export function boundTo(scope: RunningScope, logger: Logger): Logger {
  const bound = Object.create(logger) as ContextLogger
  bound[SCOPE] = scope
  return bound
}

/**
 * The logger of a request, of one whose lines carry the context already. One that was given the request's id is of this
 * request alone: it stays the object that it is. Any other may be shared.
 */
export function ownedBy(scope: RunningScope, logger: Logger): Logger {
  if (!Object.hasOwn(logger, BOUND)) return boundTo(scope, logger)
  const bound = (logger as ContextLogger)[BOUND]
  for (const name in bound) {
    if (bound[name] !== scope.id) continue
    ;(logger as ContextLogger)[SCOPE] = scope
    return logger
  }
  return boundTo(scope, logger)
}

/** The serializers of a logger, with those of a child over them. Frameworks let them inherit from each other. */
function allOf(serializers: Serializers, more: Serializers): Serializers {
  const all = { ...serializers }
  for (const name in more) {
    const serializer = more[name]
    if (serializer) all[name] = serializer
  }
  return all
}

/** The name of the only property of an object; `undefined`: it has none, or several. */
function onlyName(fields: object): string | undefined {
  let only: string | undefined
  for (const name in fields) {
    if (only !== undefined) return undefined
    only = name
  }
  return only
}

function writeSafely(write: () => void, { fault }: LoggerSetup): void {
  try {
    write()
  } catch (error) {
    fault('a log line', error)
  }
}

/** Whether a name would stand in a line twice. */
function shareName(bound: Fields, fields: object): boolean {
  for (const name of Object.keys(bound)) if (Object.hasOwn(fields, name)) return true
  return false
}

/**
 * The arguments of one call, made safe, with the context in front.
 *
 * @param bound what comes before the context and behind the call's own fields where they share a name
 */
function lineOf(logger: ContextLogger, args: LogArguments, setup: LoggerSetup, bound?: Fields): LogArguments {
  const { printer } = setup
  const [first, ...rest] = args as unknown[]
  const context = bound ? { ...contextOf(logger, setup), ...bound } : contextOf(logger, setup)
  const format = rest.map((value) => formattable(value, printer))
  if (first === undefined || first === null) return [context, ...format] as unknown as LogArguments
  if (typeof first !== 'object') {
    const message = typeof first === 'string' ? first : printer.value(first)
    return [context, message, ...format] as unknown as LogArguments
  }
  const serializers = logger[USER_SERIALIZERS]
  if (first instanceof Error) {
    const err = printedFields({ err: first }, serializers, printer)
    return [
      { ...context, ...err },
      ...(rest.length > 0 ? format : [printer.value(first.message)]),
    ] as unknown as LogArguments
  }
  const fields = printedFields(first, serializers, printer)
  // Who writes the message as a field means the message: pino's users do.
  if (rest.length === 0 && typeof fields.msg_ === 'string') {
    const { msg_: message, ...others } = fields
    return [{ ...context, ...others }, message] as unknown as LogArguments
  }
  return [{ ...context, ...fields }, ...format] as unknown as LogArguments
}

/** An argument for a place in a format: `%s`, `%d`, `%o`. */
function formattable(value: unknown, printer: Printer): unknown {
  return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol'
    ? printer.value(value)
    : value
}

/** The fields of the scope that a line belongs to. */
function contextOf(logger: ContextLogger, setup: LoggerSetup): Fields {
  const context = scopeFields(logger, setup)
  const caller = setup.caller?.()
  return caller ? { ...context, caller } : context
}

function scopeFields(logger: ContextLogger, { storage }: LoggerSetup): Fields {
  const bound = logger[SCOPE]
  const current = storage.getStore()
  // A request's logger used within one of its operations writes the operation's span id.
  const scope = bound === undefined || current?.whole === bound ? current : bound
  if (scope === undefined) return {}
  const { id, trace, fields } = scope
  return { request_id: id, trace_id: trace.traceId, span_id: trace.spanId, ...fields }
}

function printedFields(fields: object, serializers: Serializers, printer: Printer): Fields {
  let serialized: Fields | undefined
  for (const name of Object.keys(serializers)) {
    const serializer = serializers[name]
    // pino's own serializers of errors know less about them than the printer.
    if (!serializer || !Object.hasOwn(fields, name) || ERROR_SERIALIZERS.has(serializer.name)) continue
    serialized ??= { ...fields }
    serialized[name] = serializer(serialized[name])
  }
  return printer.fields(serialized ?? fields)
}
