import { type Logger, pino } from 'pino'

import type { LogOptions } from '../options.ts'
import type { RunningScope } from '../scopes.ts'
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
import { orderOf, shapeOf } from './line-shape.ts'
import { SERIALIZERS } from './pino-parts.ts'
import type { LogDestination } from './stdout.ts'
import { isoTime } from './time.ts'
import { takeOver, withContext } from './with-context.ts'

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

/** What a logger must be that Sightline writes its own lines through. */
export const USUAL_LOGGER =
  'a pino logger that has the levels trace, debug, info, warn, error and fatal: leave out useOnlyCustomLevels, or name them in customLevels'

/** Whether a logger has the levels at which Sightline writes, besides whatever levels of its own. */
export function hasUsualLevels({ levels }: Logger): boolean {
  return LEVELS.every((level) => levels.values[level] !== undefined)
}

/**
 * Derives the logger of a service, as {@link withContext} does. It and the original follow the levels that are changed
 * while the service runs.
 */
export function serviceLogger(original: Logger, setup: LoggerSetup, service: string): Logger {
  const logger = withContext(original, setup, service)
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
  const adopted = takeOver(logger, setup, service)
  adopted[LEVELED] = new LeveledLogger(adopted, true)
  setup.levels.add(adopted[LEVELED])
}

/** Whether something is a logger whose lines carry the scopes of a Sightline already. */
export function carriesContext(
  logger: unknown,
  { storage }: Pick<LoggerSetup, 'storage'>,
): logger is ContextLogger {
  return (logger as Partial<ContextLogger> | null | undefined)?.[STORAGE] === storage
}

/** The bindings that a logger whose lines carry the context was given by {@link Logger.child}, as they are printed. */
export function boundFields(logger: unknown): Fields | undefined {
  return (logger as Partial<ContextLogger> | null | undefined)?.[BOUND]
}

/** The level that the application has given a logger, whatever holds now. */
export function ownLevel(logger: Logger): { readonly level: string; readonly value: number } {
  const { [LEVELED]: leveled, level, levelVal } = logger as ContextLogger
  return leveled ? { level: leveled.own, value: leveled.ownValue } : { level, value: levelVal }
}

/** The logger of a request that carries one already, from a library that has seen it before. */
export function requestLogger(
  scope: RunningScope,
  existing: Logger,
  setup: LoggerSetup,
  service: string,
): Logger {
  // One that is ours already, or a child of it, needs to know its request only.
  if (USER_SERIALIZERS in existing) return boundTo(scope, existing)
  const logger = withContext(existing, setup, service)
  logger[SCOPE] = scope
  const change = setup.levels.of(scope.path)
  if (change) logger.level = change.level
  return logger
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

/** A logger for what Sightline itself says: the hook by which an application reads its own calls is not asked. */
export function voiceOf(logger: Logger): Logger {
  const voice = Object.create(logger) as ContextLogger
  voice[VOICE] = 'sightline'
  return voice
}

/** The same, for what belongs to no request, whatever is current. */
export function detachedVoiceOf(logger: Logger): Logger {
  const voice = voiceOf(logger) as ContextLogger
  voice[SCOPE] = null
  return voice
}

/** A logger for access events, which are printed already. It writes at every level. */
export function accessLoggerOf(logger: Logger): Logger {
  const access = Object.create(logger) as ContextLogger
  access[VOICE] = 'access'
  // Their message is printed already: what is left of the serializers is that of the application.
  const { messageKey } = shapeOf(logger)
  const { [messageKey]: ofMessage } = access[USER_SERIALIZERS]
  access[SERIALIZERS] = ofMessage ? { [messageKey]: ofMessage } : {}
  access.level = orderOf(logger).lowest
  return access
}
