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

/** The options of the log with nothing left open. */
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

/** The log of a service: its loggers, and what decides which of their lines are written. */
export interface ServiceLog {
  /** A logger that belongs to no request: for what Sightline has to say itself. */
  readonly own: Logger
  /** The lines as they are written, for those who want to have them too. */
  readonly lines: Lines
  readonly levels: LogLevels
  readonly fault: FaultReporter
  readonly families: readonly Family[]
  /** Takes lines in Sightline's own layout. */
  readonly destination: LogDestination
  /** Takes lines that are laid out already. */
  readonly plain: LogDestination
  /** The logger of the service. A framework's may have taken the place of the first one. */
  current(): Logger
  /** Whether that one was made by the application or its framework. */
  isForeign(): boolean
  /** The same logger, for what Sightline says of the service. */
  voice(): Logger
  /** Makes the logger of one request. */
  loggerFor(scope: RunningScope, existing: unknown): Logger
  /** Has the lines of the service written by somebody else's logger. `false`: it is none of pino's. */
  use(logger: unknown): boolean
  /** Writes the debug lines of the current request: the process is about to die. */
  reveal(): void
  /** Hands over what waits for standard output. */
  flush(): void
  /** Gets all that waits out of the process, as at exit: a reader that reads is waited for, asleep. */
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
  // A logger that somebody has brought along writes to a destination of its own.
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
      // A descendant of a logger of ours.
      if (carriesContext(logger, ownSetup)) return true
      // One that the options name comes first.
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

/** What lines pass on their way out, and the options whose means are missing: that must not end the process. */
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
