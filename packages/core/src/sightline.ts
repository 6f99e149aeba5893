import type { Logger } from 'pino'

import { baggageRules } from './baggage.ts'
import { type Context, createContext } from './context.ts'
import { jsonEndpoint, metricsEndpoint } from './endpoints.ts'
import { createFaults } from './fault.ts'
import { createHealth, type Health } from './health/health.ts'
import { healthLog } from './health/log.ts'
import { healthFamilies } from './health/metrics.ts'
import { createJobs } from './jobs.ts'
import { recordCrash } from './lifecycle/crash.ts'
import { isDoneWithin } from './lifecycle/hooks.ts'
import { createLifecycle, type Lifecycle } from './lifecycle/lifecycle.ts'
import { accessEventRules } from './log/access-events.ts'
import { type AccessLog, accessText, pinoAccessLog, textAccessLog } from './log/access-log.ts'
import { callerOf } from './log/caller.ts'
import { prettyIf, shownTo } from './log/destination.ts'
import { FollowUps } from './log/follow-ups.ts'
import { laidOut, layoutOf, shownAs } from './log/layout.ts'
import { LogLevels } from './log/levels.ts'
import {
  boundTo,
  createPino,
  isPino,
  ownLevel,
  requestLogger,
  serviceLogger,
  withSerializers,
} from './log/logger.ts'
import { createPrinter } from './log/printer.ts'
import { quietKeeping } from './log/quiet-lines.ts'
import { LeftOut } from './log/sampling.ts'
import { createSecrets } from './log/secrets.ts'
import { silentPaths } from './log/silent.ts'
import { stdoutFamilies } from './log/stdout-metrics.ts'
import { stdout } from './log/stdout.ts'
import { createManagement } from './management/management.ts'
import type { ManagementPort } from './management/server.ts'
import type { Family } from './metrics/exposition.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import type { KnownRoute } from './metrics/request-metrics.ts'
import { createObserver } from './observer.ts'
import type { SightlineOptions } from './options.ts'
import { announce, Lines, OUTLETS, type Outlets } from './outlets.ts'
import { type ProbePort, startProbes } from './probes/probes.ts'
import { requestIds } from './request-id.ts'
import { ScopeStorage } from './scopes.ts'
import type { Exchange, Observer, RequestRecord, Sink } from './seam.ts'
import { settingsFrom } from './settings.ts'
import { createStats, type Stats } from './stats.ts'
import { createTiming, type Timing } from './timing.ts'
import { createTracing, type Tracing } from './tracing/operations.ts'
import type { NodeRequest, NodeResponse } from './wire.ts'

/** The observability of one service: what an application holds. */
export interface Sightline extends Observer, Timing, Tracing, Lifecycle {
  /** A pino logger. Inside a request or job every line carries its context. */
  readonly log: Logger
  /** The request or job that the running code belongs to. */
  readonly context: Context
  /** Business metrics, and everything as a scrape sees it. */
  readonly metrics: Metrics
  /** Whether the service lives, may have traffic, has started. */
  readonly health: Health
  /** How the service has been doing over the last minute. */
  stats(): Stats
  /** The port for operators, where the options name one. */
  readonly management: ManagementPort | undefined
  /** The port of the probes that answer while the event loop is blocked, where the options ask for it. */
  readonly probes: ProbePort | undefined
  /** Tells of routes before anybody has asked for them, so that their series exist at 0. For adapters. */
  know(routes: readonly KnownRoute[]): void
  /** Whether a request is for one of Sightline's own endpoints: it is not observed. For adapters. */
  isEndpoint(req: NodeRequest): boolean
  /** Answers a request if it is for one of Sightline's own endpoints. `false`: it is not. For adapters. */
  serve(req: NodeRequest, res: NodeResponse): boolean
  /**
   * Lets a logger of somebody else's carry the context, and writes the access event through it. For adapters whose
   * framework has a logger already. `false`: it is no pino logger, and nothing was done. A logger that the options name
   * comes first.
   */
  useLogger(logger: unknown): boolean
  /** Closes the sinks within 3 s, writes what waits for standard output, and lets go of the process. Never rejects. */
  close(): Promise<void>
}

/** How long destinations may take to flush. */
const CLOSE_MS = 3_000

/**
 * Makes the observability of one service. Several may live in one process; they share nothing.
 *
 * @throws {TypeError} where an option is wrong: one sentence that says what is allowed
 */
export function createSightline(options: SightlineOptions = {}): Sightline {
  const settings = settingsFrom(options, process.env)
  const { service, version, trust, requestId } = settings
  const storage = new ScopeStorage()
  const printer = createPrinter(createSecrets(settings.log.redact))
  const newId = requestIds()
  const baggage = baggageRules(settings.baggage)

  const output = stdout(service)
  const writesToOutput = !settings.log.destination && !settings.log.logger
  const lines = new Lines()
  const { pretty, destination: plain = output } = settings.log
  const layout = pretty ? undefined : layoutOf(settings.log.layout, service, printer)
  const destination = shownTo(lines, layout ? laidOut(layout, plain) : prettyIf(pretty, plain))
  const own = withSerializers(
    settings.log.logger ?? createPino(service, settings.log.level, destination),
    settings.log.serializers,
  )
  const { fault, family: faults } = createFaults((fields, message) => own.warn(fields, message), printer)
  const levels = new LogLevels()
  const quiet = settings.log.quiet && quietKeeping(settings.log.quiet)
  const loggerSetup = {
    storage,
    printer,
    levels,
    keepsQuiet: quiet !== undefined,
    fault,
    caller: settings.log.caller ? callerOf : undefined,
  }
  // A logger that somebody has brought along writes to a destination of its own.
  const foreignSetup = { ...loggerSetup, lines }
  let log = serviceLogger(own, settings.log.logger ? foreignSetup : loggerSetup, service)
  const ownText = accessText(service, printer)
  let access = settings.log.logger
    ? accessLogOf(own)
    : layout
      ? textAccessLog(shownAs(ownText, layout, lines), threshold, plain)
      : textAccessLog(ownText, threshold, destination)

  const followUps = new FollowUps({ printer, loggerFor: (scope) => boundTo(scope, log) })
  const { lifecycle, release } = createLifecycle(settings.lifecycle, { log: () => log, flush: close })
  const forgetCrash = recordCrash({
    reveal() {
      followUps.flush()
      storage.getStore()?.quiet?.write()
    },
    log: () => log,
    flush: () => output.flushSync(),
  })
  const { stopping } = lifecycle
  const changed = healthLog(() => log)
  const healthParts = createHealth({ service, version, stopping, printed: printer.value, changed, fault })
  const { health } = healthParts
  const tracing = createTracing({ storage, printer, newId, fault })
  const jobs = createJobs({
    maxSeries: settings.metrics.maxSeries,
    storage,
    log: () => log,
    trace: tracing.trace,
    fault,
  })
  const leftOut = new LeftOut()
  const others: Family[] = [
    ...jobs.instruments,
    faults,
    ...healthFamilies(healthParts.checks),
    ...(writesToOutput ? stdoutFamilies(output) : []),
    ...(settings.log.sample ? [leftOut.family()] : []),
  ]
  const parts = createMetrics({ service, version, ...settings.metrics, others, storage, fault })
  const stats = createStats({
    service,
    windowSeconds: settings.stats.window,
    apdexMs: settings.stats.apdex * 1_000,
  })
  const isSilent = silentPaths(settings.log.silent)
  let sinks: readonly Sink[] = [parts.requests, stats.sink, ...settings.sinks]
  for (const { name } of sinks) parts.expectSink(name)

  const accessLog = { name: 'access log', write: (record: RequestRecord) => access(record) }
  const says = accessEventRules(settings.log, { printer, fault, leftOut: () => leftOut.add() })

  function writeEvent(record: RequestRecord, exchange: Exchange): void {
    if (says === undefined) {
      tell(accessLog, record)
      return
    }
    const said = says(record, exchange)
    if (said) tell({ name: 'access log', write: () => access(record, said) }, record)
    else followUps.leaveOut(record)
  }

  function tell(sink: Pick<Sink, 'name' | 'write'>, record: RequestRecord): void {
    try {
      sink.write(record)
    } catch (error) {
      sinkFailed(sink.name, error)
    }
  }

  function sinkFailed(sink: string, error: unknown): void {
    parts.sinkFailed(sink)
    fault(`sink ${sink}`, error)
  }

  const observer = createObserver({
    storage,
    printer,
    newId,
    trust,
    requestId,
    baggage,
    fault,
    loggerFor: (scope, existing) =>
      existing && isPino(existing) ? requestLogger(scope, existing, foreignSetup) : boundTo(scope, log),
    begin(method, scheme) {
      for (const sink of sinks) {
        try {
          sink.begin?.(method, scheme)
        } catch (error) {
          sinkFailed(sink.name, error)
        }
      }
    },
    quiet: quiet?.begin,
    late: followUps,
    end(record, exchange, loggedElsewhere, kept) {
      if (quiet && kept) tell({ name: 'debug lines', write: () => quiet.end(kept, record) }, record)
      for (const sink of sinks) tell(sink, record)
      if (settings.log.access && !loggedElsewhere && !isSilent(record.path)) writeEvent(record, exchange)
      else followUps.leaveOut(record)
    },
  })

  let closed: Promise<void> | undefined
  const management = createManagement({
    settings,
    metrics: metricsEndpoint(parts.scrape),
    stats: jsonEndpoint(stats.stats),
    health,
    levels,
    log: () => log,
    fault,
  })

  const probes =
    settings.health.probes &&
    startProbes({ settings: settings.health.probes, service, health, stopping, log: () => log, fault })
  const { endpoints } = management
  const closers: Array<(deadlineMs: number) => Promise<void>> = []
  const outlets: Outlets = {
    service,
    version,
    metrics: parts.exported,
    log: own,
    fault,
    lines,
    addFamilies: (families) => void others.push(...families),
    addSink(sink) {
      parts.expectSink(sink.name)
      sinks = [...sinks, sink]
      return () => {
        sinks = sinks.filter((each) => each !== sink)
      }
    },
    onClose: (end) => void closers.push(end),
  }

  const sightline: Sightline & { readonly [OUTLETS]: Outlets } = {
    [OUTLETS]: outlets,
    get log() {
      return log
    },
    context: createContext({ storage, printer, newId, baggage, jobs }),
    metrics: { ...parts.metrics, listen: (port, host) => management.listen(port, host).listening() },
    health,
    ...createTiming(parts.metrics),
    ...tracing,
    stats: stats.stats,
    management: management.port,
    probes,
    ...lifecycle,
    observe: observer.observe,
    know: (routes) => parts.requests.know(routes),
    isEndpoint: (req) => endpoints.has(req),
    serve: (req, res) => endpoints.serve(req, res),
    useLogger(logger) {
      if (!isPino(logger)) return false
      if (settings.log.logger) return true
      log = serviceLogger(logger, foreignSetup, service)
      access = accessLogOf(logger)
      return true
    },
    close: () => close(),
  }
  announce(outlets)
  return sightline

  /** pino's number of the level from which on lines of a path are written. */
  function threshold(path: string): number {
    return levels.of(path)?.value ?? ownLevel(log).value
  }

  function accessLogOf(logger: Logger): AccessLog {
    return pinoAccessLog(logger, service, (path) => levels.of(path)?.value ?? logger.levelVal, printer, lines)
  }

  /** Ends what has to be ended, in parallel, once. */
  function close(ms = CLOSE_MS): Promise<void> {
    followUps.flush()
    closed ??= closeAll(ms)
    return closed
  }

  async function closeAll(ms: number): Promise<void> {
    const until = performance.now() + ms
    await Promise.all([
      ...sinks.map((sink) => closeInTime(`sink ${sink.name}`, () => sink.close?.(), ms)),
      ...closers.map((end) => closeInTime('a destination', () => end(ms), ms)),
      management.close(),
      probes?.close(),
    ])
    // After the destinations, which tell of metrics once more.
    await closeInTime('the metrics', parts.close, Math.max(0, until - performance.now()))
    levels.revertAll()
    healthParts.close()
    release()
    forgetCrash()
    output.flushSync()
  }

  async function closeInTime(what: string, end: () => unknown, ms: number): Promise<void> {
    try {
      if (await isDoneWithin(ms, end)) return
      fault(`close of ${what}`, new Error(`it has not ended within ${Math.round(ms)} ms`))
    } catch (error) {
      fault(`close of ${what}`, error)
    }
  }
}
