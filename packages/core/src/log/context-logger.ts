import type { Logger } from 'pino'

import { type RunningScope, type ScopeStorage, wholeOf } from '../context/scopes.ts'
import type { Hooks, SERIALIZERS, HOOKS, Serializers } from '../pino/pino-parts.ts'
import type { Printer } from '../printing/printer.ts'
import type { FaultReporter, Fields } from '../seam.ts'
import type { Lines } from '../stdout/lines.ts'
import type { BaseBindings } from './base-bindings.ts'
import type { Caller } from './caller.ts'
import type { LeveledLogger, LogLevels } from './levels.ts'

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
  /** What the loggers that were made with this have in common, by the pino that they were derived from. */
  readonly layers: WeakMap<object, ContextLayer>
}

/** What the loggers of ours have in common that differ in their bindings only: made once, not for each request. */
export interface ContextLayer {
  /** The pino that they descend from. */
  readonly root: Logger
  /** Below that one: its own properties make a logger one of ours. It lacks {@link ORIGIN}. */
  readonly logger: Logger
  /** What its lines have beside their bindings. */
  readonly ownNames: ReadonlySet<string>
}

/** Where the bindings of a logger of ours begin. */
interface Origin {
  /** The logger of ours that others descend from. */
  readonly logger: ContextLogger
  readonly base: BaseBindings
  /** pino's number of the level that it was derived with. */
  readonly levelVal: number
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
export const BOUND = Symbol('sightline.bound')

/** Where a logger of ours begins. */
export const ORIGIN = Symbol('sightline.origin')
/** The scopes that a logger's lines carry: which Sightline it belongs to. */
export const STORAGE = Symbol('sightline.storage')

export interface ContextLogger extends Logger {
  [ORIGIN]: Origin
  [STORAGE]: ScopeStorage
  [SCOPE]?: RunningScope | null
  [BOUND]?: Fields
  [LEVELED]?: LeveledLogger
  [VOICE]?: 'sightline' | 'access'
  [USER_SERIALIZERS]: Serializers
  [HOOKS]: Hooks
  [SERIALIZERS]: Serializers
}

/** The fields of the scope that a line belongs to. */
export function contextOf(logger: ContextLogger, setup: LoggerSetup): Fields {
  const context = scopeFields(logger, setup)
  const caller = setup.caller?.()
  return caller ? { ...context, caller } : context
}

function scopeFields(logger: ContextLogger, { storage }: LoggerSetup): Fields {
  const bound = logger[SCOPE]
  if (bound === null) return {}
  const current = storage.getStore()
  // A request's logger used within one of its operations writes the operation's span id.
  const isWithin = bound === undefined || (current?.kind === 'operation' && wholeOf(current) === bound)
  const scope = isWithin ? current : bound
  if (scope === undefined) return {}
  const { id, trace, fields } = scope
  return { request_id: id, trace_id: trace.traceId, span_id: trace.spanId, ...fields }
}
