import type { Level, Logger } from 'pino'

import { createFaults, type FaultReporter } from '../fault.ts'
import type { Family } from '../metrics/exposition.ts'
import { Lines } from '../outlets.ts'
import type { RunningScope, ScopeStorage } from '../scopes.ts'
import type { Exchange, Fields, RequestRecord } from '../seam.ts'
import type { Settings } from '../settings.ts'
import type { Sinks } from '../sinks.ts'
import type { NodeRequest } from '../wire.ts'
import { accessEventRules } from './access-events.ts'
import { type AccessLog, accessText, pinoAccessLog, textAccessLog } from './access-log.ts'
import type { KeptBodies } from './bodies.ts'
import { callerFinder } from './caller.ts'
import { escapedFor, prettyLines, shownTo } from './destination.ts'
import { FollowUps } from './follow-ups.ts'
import { laidOut, layoutOf, shownAs } from './layout.ts'
import { LogLevels } from './levels.ts'
import { orderOf } from './line-shape.ts'
import {
  adoptLogger,
  boundFields,
  boundTo,
  carriesContext,
  createPino,
  detachedVoiceOf,
  hasUsualLevels,
  ownedBy,
  ownLevel,
  requestLogger,
  serviceLogger,
  USUAL_LOGGER,
  voiceOf,
  withSerializers,
} from './logger.ts'
import { createMessages } from './messages.ts'
import { isPino } from './pino-parts.ts'
import { besideEvent, type Printer } from './printer.ts'
import { quietKeeping, type QuietLines } from './quiet-lines.ts'
import { LeftOut } from './sampling.ts'
import { silentPaths } from './silent.ts'
import { stdoutFamilies } from './stdout-metrics.ts'
import { EXIT_DEADLINE_MS, stdout } from './stdout.ts'

export interface ServiceLogSetup {
  readonly settings: Pick<Settings, 'service' | 'log'>
  readonly storage: ScopeStorage
  readonly printer: Printer
}

/** The log of a service: its loggers, the events of its requests, and what decides which of them are written. */
export interface ServiceLog {
  /** A logger that belongs to no request: for what Sightline has to say itself. */
  readonly own: Logger
  /** The lines as they are written, for those who want to have them too. */
  readonly lines: Lines
  readonly levels: LogLevels
  readonly fault: FaultReporter
  readonly families: readonly Family[]
  /** Takes what comes late of requests that have ended. */
  readonly followUps: FollowUps
  /** Makes what keeps the lines of a request that are below the level. Absent: nothing keeps them. */
  readonly quiet: (() => QuietLines) | undefined
  /** Makes what keeps the bodies of a request. Absent: nothing keeps them. */
  readonly keepBodies: ((req: NodeRequest) => KeptBodies) | undefined
  /** The logger of the service. A framework's may have taken the place of the first one. */
  current(): Logger
  /** The same, for what Sightline says of the service. */
  voice(): Logger
  /** Makes the logger of one request. */
  loggerFor(scope: RunningScope, existing: unknown): Logger
  /** Has the lines of the service written by somebody else's logger. `false`: it is none of pino's. */
  use(logger: unknown): boolean
  /** Writes or forgets the lines that a request has kept. */
  settle(kept: QuietLines | undefined, record: RequestRecord): void
  /** Whether requests for a path have an access event. */
  hasEvents(path: string): boolean
  /**
   * Writes the access event of a request.
   *
   * @param isWanted whether it is ours to write, as far as was known when the request arrived
   */
  end(record: RequestRecord, exchange: Exchange, isWanted: boolean): void
  /** Writes what is still kept back: the process is about to die. */
  reveal(): void
  /** Hands over what waits for standard output. */
  flush(): void
  /** Gets all that waits out of the process, as at exit: a reader that reads is waited for, asleep. */
  writeOut(): void
  close(): void
}

/**
 * Makes the log of one Sightline.
 *
 * @param sinks gives a fault of the log the same treatment as that of any sink
 */
export function createServiceLog(
  { settings, storage, printer }: ServiceLogSetup,
  sinks: () => Sinks,
): ServiceLog {
  const { service, log: options } = settings
  const output = stdout(service)
  const lines = new Lines()
  const { pretty } = options
  // Standard output escapes its lines itself.
  const plain = options.destination ? escapedFor(options.destination) : output
  const layout = pretty ? undefined : layoutOf(options.layout, service, printer)
  const impossible = new Map<string, unknown>()
  /** An option whose means are not in a bundle must not end the process. */
  function ifPossible<T>(option: string, make: () => T): T | undefined {
    try {
      return make()
    } catch (error) {
      impossible.set(option, error)
      return undefined
    }
  }
  const shown = pretty ? ifPossible('log.pretty', () => prettyLines(plain)) : undefined
  const destination = shownTo(lines, layout ? laidOut(layout, plain) : (shown ?? plain))
  const original = withSerializers(
    options.logger ?? createPino(service, options.level, destination),
    options.serializers,
  )
  const { fault, family: faults } = createFaults((fields, message) => own.warn(fields, message), printer)
  const levels = new LogLevels(options.levels)
  const quiet = options.quiet && quietKeeping(options.quiet)
  const caller = options.caller ? ifPossible('log.caller', callerFinder) : undefined
  for (const [option, error] of impossible) fault(`option ${option}`, error)
  const ownSetup = {
    storage,
    printer,
    levels,
    keepsQuiet: quiet !== undefined,
    fault,
    caller,
    layers: new WeakMap(),
  }
  // A logger that somebody has brought along writes to a destination of its own.
  const foreignSetup = { ...ownSetup, lines, layers: new WeakMap() }
  let log = serviceLogger(original, options.logger ? foreignSetup : ownSetup, service)
  const own = detachedVoiceOf(log)
  let voice = voiceOf(log)
  let access = options.logger ? accessLogOf(log) : ownAccessLog()

  const followUps = new FollowUps({ printer, loggerFor: (scope) => boundTo(scope, voice) })
  const isSilent = silentPaths(options.silent)
  const hasEvents = (path: string) => options.access && !isSilent(path)
  const leftOut = new LeftOut()
  const messages = createMessages(options, printer)
  const rules = accessEventRules(options, {
    printer,
    fault,
    messages: messages?.rule,
  })
  const accessSink = { name: 'access log', write: (record: RequestRecord) => access(record) }

  function ownAccessLog(): AccessLog {
    const text = accessText(service, printer)
    if (layout) return textAccessLog(shownAs(text, layout, lines), threshold, plain)
    return textAccessLog(text, threshold, destination)
  }

  function accessLogOf(logger: Logger): AccessLog {
    const { writes, valueOf } = orderOf(logger)
    const isWanted = ({ path, route }: RequestRecord, level: Level) => {
      const ofRequest = levels.ofRequest(path, () => route)
      return writes(valueOf(level), ofRequest ? valueOf(ofRequest.level) : ownLevel(logger).value)
    }
    return pinoAccessLog(logger, isWanted, printer)
  }

  /** pino's number of the level from which on the event of a request is written. */
  function threshold({ path, route }: RequestRecord): number {
    return levels.ofRequest(path, () => route)?.value ?? ownLevel(log).value
  }

  /** What the framework's logger of the request says in each of its lines, under names that the event does not use itself. */
  function boundBy(exchange: Exchange): Fields | undefined {
    try {
      const bound = boundFields(exchange.log?.())
      // What the whole service was given is in the event as far as it is in every event.
      return bound && bound !== boundFields(log) ? besideEvent(bound) : undefined
    } catch (error) {
      fault("the adapter's log", error)
      return undefined
    }
  }

  function writeEvent(record: RequestRecord, exchange: Exchange): void {
    const bound = boundBy(exchange)
    if (rules === undefined) {
      const sink = bound ? { name: accessSink.name, write: () => access(record, { bound }) } : accessSink
      sinks().tell(sink, record)
      return
    }
    const ruled = rules(record, exchange)
    const said = typeof ruled === 'object' ? { ...ruled, bound } : ruled
    // What comes late of a request that sampling has left out is written all the same: it is said nowhere else.
    if (said === 'left out') leftOut.add()
    else if (said === 'unwanted') followUps.leaveOut(record)
    else sinks().tell({ name: accessSink.name, write: () => access(record, said) }, record)
  }

  return {
    own,
    lines,
    levels,
    fault,
    families: [
      faults,
      ...(options.destination || options.logger ? [] : stdoutFamilies(output)),
      ...(options.sample ? [leftOut.family()] : []),
    ],
    followUps,
    quiet: quiet?.begin,
    keepBodies: messages?.keep,
    current: () => log,
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
      voice = voiceOf(log)
      access = accessLogOf(log)
      return true
    },
    settle(kept, record) {
      if (quiet && kept) sinks().tell({ name: 'debug lines', write: () => quiet.end(kept, record) }, record)
    },
    hasEvents,
    end(record, exchange, isWanted) {
      if (isWanted && hasEvents(record.path)) writeEvent(record, exchange)
      else followUps.leaveOut(record)
    },
    reveal() {
      followUps.flush()
      storage.getStore()?.quiet?.write()
    },
    flush: () => void output.flushSync(),
    writeOut() {
      followUps.flush()
      output.flushSync(EXIT_DEADLINE_MS)
    },
    close: () => levels.revertAll(),
  }
}
