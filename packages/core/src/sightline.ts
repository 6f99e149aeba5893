import type { Server } from 'node:http'

import type { Logger } from 'pino'

import { baggageRules } from './baggage.ts'
import { type Context, createContext } from './context.ts'
import { jsonEndpoint, metricsEndpoint } from './endpoints.ts'
import { createHealth, type Health } from './health/health.ts'
import { healthLog } from './health/log.ts'
import { healthFamilies } from './health/metrics.ts'
import { createJobs } from './jobs.ts'
import { recordCrash } from './lifecycle/crash.ts'
import { isDoneWithin } from './lifecycle/hooks.ts'
import { createLifecycle, type Lifecycle } from './lifecycle/lifecycle.ts'
import { Presence } from './lifecycle/presence.ts'
import { createPrinter } from './log/printer.ts'
import { createSecrets } from './log/secrets.ts'
import { createServiceLog } from './log/service-log.ts'
import { createManagement } from './management/management.ts'
import type { ManagementPort } from './management/server.ts'
import type { Family } from './metrics/exposition.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { type KnownRoute, reserved } from './metrics/request-metrics.ts'
import { createObserver } from './observer.ts'
import type { SightlineOptions } from './options.ts'
import { announce, OUTLETS, type Outlets } from './outlets.ts'
import { type ProbePort, startProbes } from './probes/probes.ts'
import { requestIds } from './request-id.ts'
import { ScopeStorage } from './scopes.ts'
import type { Observer } from './seam.ts'
import { settingsFrom } from './settings.ts'
import { shadowedRoutes } from './shadowed-routes.ts'
import { closeInTime, Sinks } from './sinks.ts'
import { createStats, type Stats } from './stats.ts'
import { createTiming, type Timing } from './timing.ts'
import { createTracing, type Tracing } from './tracing/operations.ts'
import { createUpgrades } from './upgrades.ts'
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
   * Observes the connections that are handed over to another protocol, such as WebSocket's, past the framework. For adapters.
   *
   * @param server the one whose requests are observed; absent where it is not known yet
   */
  watchUpgrades(server?: Server): void
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
  const { service, version, trust, requestId, route } = settings
  const storage = new ScopeStorage()
  const printer = createPrinter(createSecrets(settings.log.redact))
  const newId = requestIds()
  const baggage = baggageRules(settings.baggage)

  const log = createServiceLog({ settings, storage, printer }, () => sinks)
  const { fault } = log
  function warn(message: string): void {
    try {
      log.current().warn(`sightline: ${message}`)
    } catch {
      // A logger of the application's own may fail: whoever is counted or measured is not to notice.
    }
  }

  const ending = createLifecycle(settings.lifecycle, {
    service,
    log: log.voice,
    flush: close,
    write: log.writeOut,
    fault,
  })
  const { lifecycle } = ending
  const { stopping } = lifecycle
  const crash = recordCrash({ reveal: log.reveal, log: log.voice, flush: log.flush })
  const changed = healthLog(log.voice)
  const healthParts = createHealth({ service, version, stopping, printed: printer.value, changed, fault })
  const { health } = healthParts
  const tracing = createTracing({ storage, printer, newId, fault })
  const jobs = createJobs({
    maxSeries: settings.metrics.maxSeries,
    storage,
    log: log.voice,
    trace: tracing.trace,
    fault,
  })
  const others: Family[] = [...jobs.instruments, ...log.families, ...healthFamilies(healthParts.checks)]
  const parts = createMetrics({
    service,
    version,
    ...settings.metrics,
    others,
    storage,
    fault,
    warn,
  })
  const stats = createStats({
    service,
    windowSeconds: settings.stats.window,
    apdexMs: settings.stats.apdex * 1_000,
  })
  const everySink = [parts.requests, stats.sink, ...settings.sinks]
  for (const { name } of everySink) parts.expectSink(name)
  const sinks = new Sinks(everySink, (name, error) => {
    parts.sinkFailed(name)
    fault(`sink ${name}`, error)
  })

  const observer = createObserver({
    storage,
    printer,
    newId,
    trust,
    requestId,
    route,
    baggage,
    fault,
    loggerFor: log.loggerFor,
    begin: (method, scheme) => sinks.begin(method, scheme),
    quiet: log.quiet,
    keepBodies: log.keepBodies,
    ignore: settings.log.ignore,
    hasEvents: log.hasEvents,
    late: log.followUps,
    end(record, exchange, hasEvent, kept) {
      log.settle(kept, record)
      sinks.write(record)
      log.end(record, exchange, hasEvent)
    },
  })

  const upgrades = createUpgrades(observer, fault)
  const presence = new Presence(
    [parts.outbound, upgrades.hold, ending.hold, { take: crash.hold, release: crash.loosen }],
    stopping,
  )

  let closed: Promise<void> | undefined
  const management = createManagement({
    settings,
    metrics: metricsEndpoint(parts.scrape),
    stats: jsonEndpoint(stats.stats),
    health,
    levels: log.levels,
    log: log.voice,
    fault,
  })

  const probes =
    settings.health.probes &&
    startProbes({
      settings: settings.health.probes,
      service,
      healthParts,
      stopping,
      log: log.voice,
      fault,
    })
  const { endpoints } = management
  const reachable = shadowedRoutes(endpoints, warn)
  const closers: Array<(deadlineMs: number) => Promise<void>> = []
  const outlets: Outlets = {
    service,
    version,
    metrics: parts.exported,
    log: log.own,
    fault,
    lines: log.lines,
    printer,
    addFamilies: (families) => void others.push(...families),
    addSink(sink) {
      parts.expectSink(sink.name)
      return sinks.add(sink)
    },
    onClose: (end) => void closers.push(end),
  }

  const sightline: Sightline & { readonly [OUTLETS]: Outlets } = {
    [OUTLETS]: outlets,
    get log() {
      return log.current()
    },
    context: createContext({
      storage,
      printer,
      newId,
      baggage,
      jobs,
      atWork: () => presence.wake(),
      fault,
    }),
    metrics: { ...parts.metrics, listen: (port, host) => management.listen(port, host).listening() },
    health,
    ...createTiming(parts.metrics, fault),
    ...tracing,
    stats: stats.stats,
    management: management.port,
    probes,
    ...lifecycle,
    observe(exchange) {
      presence.requested(exchange.req)
      return observer.observe(exchange)
    },
    know(routes) {
      for (const known of routes) printer.know(known.route)
      parts.requests.know(reachable(reserved(routes)))
    },
    isEndpoint: (req) => endpoints.has(req),
    serve: (req, res) => endpoints.serve(req, res),
    watchUpgrades: upgrades.watch,
    useLogger: log.use,
    close: () => close(),
  }
  announce(outlets)
  return sightline

  /** Ends what has to be ended, in parallel, once. Whoever comes later waits for it no longer than for an end of its own. */
  async function close(ms = CLOSE_MS): Promise<void> {
    log.followUps.flush()
    const begun = closed
    closed ??= closeAll(ms)
    await (begun ? isDoneWithin(ms, () => begun) : closed)
  }

  async function closeAll(ms: number): Promise<void> {
    const until = performance.now() + ms
    await Promise.all([
      sinks.close(ms, fault),
      ...closers.map((end) => closeInTime('a destination', () => end(ms), ms, fault)),
      management.close(),
      probes?.close(),
    ])
    // After the destinations, which tell of metrics once more.
    await closeInTime('the metrics', parts.close, Math.max(0, until - performance.now()), fault)
    upgrades.close()
    presence.end()
    log.close()
    healthParts.close()
    ending.release()
    crash.leave()
    log.flush()
  }
}
