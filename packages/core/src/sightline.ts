import { createSecrets } from '@sightline/secrets'
import type { Logger } from 'pino'

import { createAccessSink } from './access/access-sink.ts'
import { layoutOf } from './access/layout.ts'
import { HOST } from './adapter/host.ts'
import { createUpgrades } from './adapter/upgrades.ts'
import { baggageRules } from './context/baggage.ts'
import { requestIds } from './context/request-id.ts'
import { ScopeStorage } from './context/scopes.ts'
import { isDoneWithin } from './context/within.ts'
import { Destinations } from './destinations.ts'
import { jsonEndpoint, metricsEndpoint } from './endpoints/endpoints.ts'
import { createManagement } from './endpoints/management.ts'
import type { ManagementPort } from './endpoints/server.ts'
import { shadowedRoutes } from './endpoints/shadowed-routes.ts'
import { createHealth, type Health } from './health/health.ts'
import { healthLog } from './health/log.ts'
import { healthFamilies } from './health/metrics.ts'
import { type Context, createContext } from './jobs/context.ts'
import { createJobs, type Jobs } from './jobs/jobs.ts'
import { createTiming, type Timing } from './jobs/timing.ts'
import { recordCrash } from './lifecycle/crash.ts'
import { createLifecycle, type Lifecycle } from './lifecycle/lifecycle.ts'
import { Presence } from './lifecycle/presence.ts'
import { CLOSE_MS } from './lifecycle/shutdown.ts'
import { createServiceLog } from './log/service-log.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { reserved } from './metrics/request-metrics.ts'
import { createStats, type Stats } from './metrics/stats.ts'
import type { SightlineOptions } from './options/options.ts'
import { createPrinter } from './printing/printer.ts'
import { type ProbePort, startProbes } from './probes/probes.ts'
import { createObserver } from './request/observer.ts'
import { closeInTime, Sinks } from './request/sinks.ts'
import type { Host } from './seam.ts'
import type { Family } from './series/family.ts'
import { settingsFrom } from './settings/settings.ts'
import { announce, type Destination, TAPS, type Taps } from './taps.ts'
import { createTracing, type Tracing } from './tracing/operations.ts'

/** The observability of one service: what an application holds. */
export interface Sightline extends Jobs, Timing, Tracing, Lifecycle {
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
  /**
   * Sends data of this Sightline to a destination, until it is closed with it. The option `destinations` does the same from
   * the start.
   *
   * @throws {TypeError} where it is no destination, or another one of its name is attached
   */
  attach(destination: Destination): void
  /** Closes sinks and destinations within 3 s, writes what waits for standard output, and lets go of the process. Never rejects. */
  close(): Promise<void>
}

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

  const layout = settings.log.pretty ? undefined : layoutOf(settings.log.layout, service, printer)
  const log = createServiceLog({ settings, storage, printer, layout: layout?.line })
  const access = createAccessSink({ service, settings: settings.log, printer, log, layout })
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
    write() {
      access.flush()
      log.writeOut()
    },
    fault,
  })
  const { lifecycle, accompany } = ending
  const { stopping } = lifecycle
  const crash = recordCrash({
    reveal() {
      access.flush()
      log.reveal()
    },
    log: log.voice,
    flush: log.flush,
  })
  const changed = healthLog(log.voice)
  const healthParts = createHealth({ service, version, stopping, printed: printer.value, changed, fault })
  const { health } = healthParts
  const tracing = createTracing({ storage, printer, newId, fault })
  const context = createContext({
    storage,
    printer,
    newId,
    baggage,
    atWork: () => presence.wake(),
    fault,
  })
  const { jobs, instruments } = createJobs({
    maxSeries: settings.metrics.maxSeries,
    storage,
    context,
    log: log.voice,
    trace: tracing.trace,
    fault,
  })
  const others: Family[] = [
    ...instruments,
    ...log.families,
    ...access.families,
    ...healthFamilies(healthParts.checks),
  ]
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
    windowSeconds: settings.stats.period / 1_000,
    apdexMs: settings.stats.apdexTarget,
  })
  const everySink = [parts.requests, stats.sink, ...settings.sinks]
  for (const { name } of [...everySink, access]) parts.expectSink(name)
  const sinks = new Sinks(everySink, [access], (name, error) => {
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
    sinks,
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

  const host: Host = {
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
    accompany,
    watchUpgrades: upgrades.watch,
    leaveUpgrades: upgrades.leave,
    useLogger: log.use,
    fault,
  }

  const sightline: Sightline & { readonly [HOST]: Host; readonly [TAPS]: Taps } = {
    [HOST]: host,
    get [TAPS]() {
      return destinations.taps
    },
    get log() {
      return log.current()
    },
    context,
    metrics: { ...parts.metrics, listen: (port, address) => management.listen(port, address).listening() },
    health,
    ...jobs,
    ...createTiming(parts.metrics, fault),
    ...tracing,
    stats: stats.stats,
    management: management.port,
    probes,
    ...lifecycle,
    attach: (destination) => destinations.attach(destination),
    close: () => close(),
  }
  const destinations = new Destinations({
    sightline,
    service,
    version,
    metrics: parts.exported,
    log: log.own,
    fault,
    lines: log.lines,
    printer,
    addFamilies(families) {
      others.push(...families)
      return () => {
        for (const family of families) {
          const i = others.indexOf(family)
          if (i !== -1) others.splice(i, 1)
        }
      }
    },
    addSink(sink) {
      parts.expectSink(sink.name)
      return sinks.add(sink)
    },
  })
  for (const destination of settings.destinations) destinations.attach(destination)
  announce(destinations.taps)
  return sightline

  /** Ends what has to be ended, in parallel, once. Whoever comes later waits for it no longer than for an end of its own. */
  async function close(ms = CLOSE_MS): Promise<void> {
    access.flush()
    const begun = closed
    closed ??= closeAll(ms)
    await (begun ? isDoneWithin(ms, () => begun) : closed)
  }

  async function closeAll(ms: number): Promise<void> {
    const until = performance.now() + ms
    await Promise.all([sinks.close(ms, fault), destinations.close(ms), management.close(), probes?.close()])
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
