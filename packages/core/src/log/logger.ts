import { type Logger, pino } from 'pino'

import type { RunningScope } from '../context/scopes.ts'
import type { LogOptions } from '../options/options.ts'
import type { LogDestination } from '../options/rules.ts'
import { orderOf, shapeOf } from '../pino/line-shape.ts'
import { SERIALIZERS } from '../pino/pino-parts.ts'
import type { Fields } from '../seam.ts'
import {
  BOUND,
  type ContextLogger,
  LEVELED,
  type LoggerSetup,
  SCOPE,
  STORAGE,
  USER_SERIALIZERS,
  VOICE,
} from './context-logger.ts'
import { LEVELS, LeveledLogger } from './levels.ts'
import { isoTime } from './time.ts'
import { takeOver, withContext } from './with-context.ts'

/** Makes the pino logger of a service. Its lines are JSON that begins with `level`, `time` (ISO 8601) and `service`. */
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

/** The logger itself, or a child with the given serializers. */
export function withSerializers(logger: Logger, serializers: LogOptions['serializers']): Logger {
  return serializers ? logger.child({}, { serializers }) : logger
}

/** The requirement on a logger for Sightline's own lines, as error messages state it. */
export const USUAL_LOGGER =
  'a pino logger that has the levels trace, debug, info, warn, error and fatal: leave out useOnlyCustomLevels, or name them in customLevels'

/** Whether a logger has the levels at which Sightline writes. More levels are allowed. */
export function hasUsualLevels({ levels }: Logger): boolean {
  return LEVELS.every((level) => levels.values[level] !== undefined)
}

/** Derives the logger of a service with {@link withContext}. It and the original follow level changes. */
export function serviceLogger(original: Logger, setup: LoggerSetup, service: string): Logger {
  const logger = withContext(original, setup, service)
  logger[LEVELED] = new LeveledLogger(logger, true)
  setup.levels.add(logger[LEVELED])
  setup.levels.add(new LeveledLogger(original, false))
  return logger
}

/**
 * Makes a logger of a framework, and all its future children, carry the context. They stay the same objects, with all
 * additions of the application.
 */
export function adoptLogger(logger: Logger, setup: LoggerSetup, service: string): void {
  const adopted = takeOver(logger, setup, service)
  adopted[LEVELED] = new LeveledLogger(adopted, true)
  setup.levels.add(adopted[LEVELED])
}

/** Whether a value is a logger whose lines already carry the scopes of this Sightline. */
export function carriesContext(
  logger: unknown,
  { storage }: Pick<LoggerSetup, 'storage'>,
): logger is ContextLogger {
  return (logger as Partial<ContextLogger> | null | undefined)?.[STORAGE] === storage
}

/** The printed bindings that a logger with context got from {@link Logger.child}. */
export function boundFields(logger: unknown): Fields | undefined {
  return (logger as Partial<ContextLogger> | null | undefined)?.[BOUND]
}

/** The level that the application has set, without temporary changes. */
export function ownLevel(logger: Logger): { readonly level: string; readonly value: number } {
  const { [LEVELED]: leveled, level, levelVal } = logger as ContextLogger
  return leveled ? { level: leveled.own, value: leveled.ownValue } : { level, value: levelVal }
}

/** Derives the logger of a request from one that another library has put on the request. */
export function requestLogger(
  scope: RunningScope,
  existing: Logger,
  setup: LoggerSetup,
  service: string,
): Logger {
  // A derived logger, or a child of one, only needs the request's scope.
  if (USER_SERIALIZERS in existing) return boundTo(scope, existing)
  const logger = withContext(existing, setup, service)
  logger[SCOPE] = scope
  const change = setup.levels.of(scope.path)
  if (change) logger.level = change.level
  return logger
}

/** A logger whose lines carry this scope, even where the current scope is lost. */
export function boundTo(scope: RunningScope, logger: Logger): Logger {
  const bound = Object.create(logger) as ContextLogger
  bound[SCOPE] = scope
  return bound
}

/**
 * Binds a logger that already carries the context to a request. A logger with the request's id in its bindings belongs
 * to this request alone and stays the same object. Any other logger may be shared.
 */
export function ownedBy(scope: RunningScope, logger: ContextLogger): Logger {
  if (!Object.hasOwn(logger, BOUND)) return boundTo(scope, logger)
  const bound = logger[BOUND]
  for (const name in bound) {
    if (bound[name] !== scope.id) continue
    logger[SCOPE] = scope
    return logger
  }
  return boundTo(scope, logger)
}

/** A logger for Sightline's own lines. It skips the hook with which an application reads its own calls. */
export function voiceOf(logger: Logger): Logger {
  const voice = Object.create(logger) as ContextLogger
  voice[VOICE] = 'sightline'
  return voice
}

/** The same for lines that belong to no request. They carry no scope. */
export function detachedVoiceOf(logger: Logger): Logger {
  const voice = voiceOf(logger) as ContextLogger
  voice[SCOPE] = null
  return voice
}

/** A logger for access events, which are already printed. It writes at every level. */
export function accessLoggerOf(logger: Logger): Logger {
  const access = Object.create(logger) as ContextLogger
  access[VOICE] = 'access'
  // The message is already masked, so only the application's serializer of the message remains.
  const { messageKey } = shapeOf(logger)
  const { [messageKey]: ofMessage } = access[USER_SERIALIZERS]
  access[SERIALIZERS] = ofMessage ? { [messageKey]: ofMessage } : {}
  access.level = orderOf(logger).lowest
  return access
}
