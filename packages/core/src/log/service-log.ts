import type { Logger } from 'pino'

import type { RunningScope, ScopeStorage } from '../context/scopes.ts'
import type { LogOptions } from '../options/options.ts'
import type { IgnoreRule, LogDestination } from '../options/rules.ts'
import { isPino } from '../pino/pino-parts.ts'
import type { Printer } from '../printing/printer.ts'
import type { FaultReporter, Fields } from '../seam.ts'
import type { Family } from '../series/family.ts'
import { escapedFor, laidOut, prettyLines, shownTo } from '../stdout/destination.ts'
import { Lines } from '../stdout/lines.ts'
import { stdoutFamilies } from '../stdout/stdout-metrics.ts'
import { EXIT_DEADLINE_MS, stdout } from '../stdout/stdout.ts'
import { callerFinder } from './caller.ts'
import { createFaults } from './faults.ts'
import { LogLevels } from './levels.ts'
import {
  adoptLogger,
  boundTo,
  carriesContext,
  createPino,
  detachedVoiceOf,
  hasUsualLevels,
  ownedBy,
  requestLogger,
  serviceLogger,
  USUAL_LOGGER,
  voiceOf,
  withSerializers,
} from './logger.ts'
import { quietOf, type QuietSettings } from './quiet-lines.ts'

/** Options that have no default. */
type OpenOption = 'destination' | 'logger' | 'event' | 'ignore' | 'levels' | 'sample' | 'serializers'

/** The options of the log with all defaults applied. */
export type LogSettings = Required<Omit<LogOptions, OpenOption | 'debugOnFailure'>> &
  Pick<LogOptions, Exclude<OpenOption, 'ignore'>> & {
    readonly ignore?: IgnoreRule
    readonly ignoredPaths: readonly string[]
    readonly quiet: QuietSettings | undefined
  }

export interface ServiceLogSetup {
  readonly settings: { readonly service: string; readonly log: LogSettings }
  readonly storage: ScopeStorage
  readonly printer: Printer
  /** Lays out the fields of a line. Absent: lines have Sightline's own layout. */
  readonly layout: ((fields: Fields) => Fields) | undefined
}

/** The log of a service: its loggers, and the rules for which lines are written. */
export interface ServiceLog {
  /** A logger for Sightline's own lines that belong to no request. */
  readonly own: Logger
  /** The written lines, for exporters and other listeners. */
  readonly lines: Lines
  readonly levels: LogLevels
  readonly fault: FaultReporter
  readonly families: readonly Family[]
  /** Takes lines in Sightline's own layout. */
  readonly destination: LogDestination
  /** Takes lines in the layout of the options. */
  readonly plain: LogDestination
  /** The logger of the service. It changes when {@link use} adopts a framework's logger. */
  current(): Logger
  /** Whether the application or its framework made the current logger. */
  isForeign(): boolean
  /** The current logger, for Sightline's lines about the service. */
  voice(): Logger
  /** Makes the logger of one request. */
  loggerFor(scope: RunningScope, existing: unknown): Logger
  /** Adopts a framework's logger for the lines of the service. Returns `false` if it is no pino logger. */
  use(logger: unknown): boolean
  /** Writes the debug lines of the current request. Called before the process dies. */
  reveal(): void
  /** Passes buffered lines to standard output, without waiting for a slow reader. */
  flush(): void
  /** Writes all buffered lines before the exit. Blocks up to a deadline while the reader makes progress. */
  writeOut(): void
  close(): void
}

/** Makes the log of one Sightline. */
export function createServiceLog({ settings, storage, printer, layout }: ServiceLogSetup): ServiceLog {
  const { service, log: options } = settings
  const output = stdout(service)
  const lines = new Lines()
  const { plain, destination, caller, impossible } = partsOf(options, output, lines, layout)
  const original = withSerializers(
    options.logger ?? createPino(service, options.level, destination),
    options.serializers,
  )
  const { fault, family: faults } = createFaults((fields, message) => own.warn(fields, message), printer)
  const levels = new LogLevels(options.levels)
  const keepsQuiet = options.quiet !== undefined
  const ownSetup = { storage, printer, levels, keepsQuiet, fault, caller, layers: new WeakMap() }
  // A logger of the application or its framework writes to its own destination.
  const foreignSetup = { ...ownSetup, lines, layers: new WeakMap() }
  let isForeign = options.logger !== undefined
  let log = serviceLogger(original, isForeign ? foreignSetup : ownSetup, service)
  const own = detachedVoiceOf(log)
  let voice = voiceOf(log)
  // A fault is written with `own`, so it can only be reported once that exists.
  for (const [option, error] of impossible) fault(`option ${option}`, error)

  return {
    own,
    lines,
    levels,
    fault,
    families: [faults, ...(options.destination || options.logger ? [] : stdoutFamilies(output))],
    destination,
    plain,
    current: () => log,
    isForeign: () => isForeign,
    voice: () => voice,
    loggerFor(scope, existing) {
      if (carriesContext(existing, ownSetup)) return ownedBy(scope, existing)
      return isPino(existing) ? requestLogger(scope, existing, foreignSetup, service) : boundTo(scope, log)
    },
    use(logger) {
      if (!isPino(logger)) return false
      // The logger descends from a Sightline logger.
      if (carriesContext(logger, ownSetup)) return true
      // The logger of the options has priority over the framework's.
      if (options.logger) {
        adoptLogger(logger, foreignSetup, service)
        return true
      }
      if (!hasUsualLevels(logger))
        throw new TypeError(`Sightline: the logger of the framework must be ${USUAL_LOGGER}`)
      adoptLogger(logger, foreignSetup, service)
      log = logger
      isForeign = true
      voice = voiceOf(log)
      return true
    },
    reveal() {
      const scope = storage.getStore()
      if (scope) quietOf(scope)?.write()
    },
    flush: () => void output.flushSync(),
    writeOut: () => void output.flushSync(EXIT_DEADLINE_MS),
    close: () => levels.revertAll(),
  }
}

/** The stages between loggers and destination, and the errors of options that fail. They must not end the process. */
function partsOf(
  options: LogSettings,
  output: LogDestination,
  lines: Lines,
  layout: ServiceLogSetup['layout'],
) {
  const impossible = new Map<string, unknown>()
  function ifPossible<T>(option: string, make: () => T): T | undefined {
    try {
      return make()
    } catch (error) {
      impossible.set(option, error)
      return undefined
    }
  }
  // Standard output escapes its lines itself.
  const plain = options.destination ? escapedFor(options.destination) : output
  const shown = options.pretty ? ifPossible('log.pretty', () => prettyLines(plain)) : undefined
  const destination = shownTo(lines, layout ? laidOut(layout, plain) : (shown ?? plain))
  const caller = options.caller ? ifPossible('log.caller', callerFinder) : undefined
  return { plain, destination, caller, impossible }
}
