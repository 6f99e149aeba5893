import type { Logger } from 'pino'

import { type RunningScope, type ScopeStorage, wholeOf } from '../context/scopes.ts'
import type { Hooks, SERIALIZERS, HOOKS, Serializers } from '../pino/pino-parts.ts'
import type { Printer } from '../printing/printer.ts'
import type { FaultReporter, Fields } from '../seam.ts'
import type { Lines } from '../stdout/lines.ts'
import type { BaseBindings } from './base-bindings.ts'
import type { Caller } from './caller.ts'
import type { LeveledLogger, LogLevels } from './levels.ts'

/** The parts that a derived logger needs. */
export interface LoggerSetup {
  readonly storage: ScopeStorage
  readonly printer: Printer
  /** The level changes at run time. */
  readonly levels: LogLevels
  /** Finds the caller of a line. Absent: the option `log.caller` is off. */
  readonly caller?: (() => Caller | undefined) | undefined
  /** Whether requests keep their lines below the level. */
  readonly keepsQuiet: boolean
  /** Reports a line that could not be written. */
  readonly fault: FaultReporter
  /** Receives the lines of loggers with their own destination. Absent: the destination shows the lines. */
  readonly lines?: Lines
  /** The layers of the loggers made with this setup, by their root pino. */
  readonly layers: WeakMap<object, ContextLayer>
}

/** The shared part of derived loggers that differ only in their bindings. It is made once, not for each request. */
export interface ContextLayer {
  /** The pino logger that all of them descend from. */
  readonly root: Logger
  /** Descends from the root. Its own properties make a logger a derived one. It lacks {@link ORIGIN}. */
  readonly logger: Logger
  /** The names that its lines have besides the bindings. */
  readonly ownNames: ReadonlySet<string>
}

/** The derived logger at the top of a chain of children. */
interface Origin {
  /** The first derived logger. The others descend from it. */
  readonly logger: ContextLogger
  readonly base: BaseBindings
  /** pino's number of the level at the time of the derivation. */
  readonly levelVal: number
}

/** The scope that a logger is bound to, whatever the current scope is. `null`: no scope. */
export const SCOPE = Symbol('sightline.scope')
/** The handle for changing the level of a service's logger. */
export const LEVELED = Symbol('sightline.leveled')
/** Marks loggers for calls that are not the application's: Sightline's own lines, and printed access events. */
export const VOICE = Symbol('sightline.voice')
/** The serializers of the application. Sightline calls them, because they need the value itself, not its copy. */
export const USER_SERIALIZERS = Symbol('sightline.serializers')
/** The printed bindings from `child` and `setBindings`. */
export const BOUND = Symbol('sightline.bound')

/** The origin of a derived logger. */
export const ORIGIN = Symbol('sightline.origin')
/** The storage of the Sightline that a logger belongs to. */
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
  // Within an operation of its request, a request's logger writes the operation's span id.
  const isWithin = bound === undefined || (current?.kind === 'operation' && wholeOf(current) === bound)
  const scope = isWithin ? current : bound
  if (scope === undefined) return {}
  const { id, trace, fields } = scope
  return { request_id: id, trace_id: trace.traceId, span_id: trace.spanId, ...fields }
}
