import { createRequire } from 'node:module'

import type { Logger } from 'pino'

import { baggageRules } from './baggage.ts'
import { type Context, createContext } from './context.ts'
import { Endpoints, jsonEndpoint, metricsEndpoint } from './endpoints.ts'
import { faultReporter } from './fault.ts'
import { healthEndpoints } from './health/endpoints.ts'
import { createHealth, type Health } from './health/health.ts'
import { healthFamilies } from './health/metrics.ts'
import { pinoAccessLog, textAccessLog } from './log/access-log.ts'
import { boundTo, createPino, isPino, serviceBinding, withContext } from './log/logger.ts'
import { createPrinter } from './log/printer.ts'
import { createSecrets } from './log/secrets.ts'
import { silentPaths } from './log/silent.ts'
import { type LogDestination, stdout } from './log/stdout.ts'
import type { Family } from './metrics/exposition.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import type { KnownRoute } from './metrics/request-metrics.ts'
import { createObserver } from './observation.ts'
import type { SightlineOptions } from './options.ts'
import { announce, Lines, OUTLETS, type Outlets } from './outlets.ts'
import { requestIds } from './request-id.ts'
import { ScopeStorage } from './scopes.ts'
import type { Observer, RequestRecord, Sink } from './seam.ts'
import { settingsFrom } from './settings.ts'
import { createStats, type Stats } from './stats.ts'
import { createTiming, type Timing } from './timing.ts'
import { createTracing, type Tracing } from './tracing/operations.ts'
import type { NodeRequest, NodeResponse } from './wire.ts'

/** The observability of one service: what an application holds. */
export interface Sightline extends Observer, Timing, Tracing {
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
  /** Closes the sinks, and writes what waits for standard output. */
  close(): Promise<void>
}

/**
 * Makes the observability of one service. Several may live in one process; they share nothing.
 *
 * @throws {TypeError} where an option is wrong: one sentence that says what is allowed
 */
export function createSightline(options: SightlineOptions = {}): Sightline {
  const settings = settingsFrom(options, process.env)
  const { service, version, trust } = settings
  const storage = new ScopeStorage()
  const printer = createPrinter(createSecrets(settings.log.redact))
  const newId = requestIds()
  const baggage = baggageRules(settings.baggage)

  const lines = new Lines()
  const shown = prettyIf(settings.log.pretty, settings.log.destination ?? stdout())
  const destination: LogDestination = {
    write(line) {
      lines.show(line)
      shown.write(line)
    },
  }
  const own = settings.log.logger ?? createPino(service, settings.log.level, destination)
  const fault = faultReporter((fields, message) => own.warn(fields, message), printer)
  const loggerSetup = { storage, printer, fault }
  // A logger that somebody has brought along writes to a destination of its own.
  const foreignSetup = { ...loggerSetup, lines }
  let log = withContext(own, settings.log.logger ? foreignSetup : loggerSetup, serviceBinding(own, service))
  let access = settings.log.logger
    ? pinoAccessLog(own, service, printer, lines)
    : textAccessLog(service, log, destination, printer)

  const { health, checks } = createHealth({ service, version, printed: printer.value })
  const others: Family[] = [...healthFamilies(checks)]
  const parts = createMetrics({ service, version, ...settings.metrics, others, storage, fault })
  const stats = createStats({
    service,
    windowSeconds: settings.stats.window,
    apdexMs: settings.stats.apdex * 1_000,
  })
  const isSilent = silentPaths(settings.log.silent)
  const sinks: Sink[] = [parts.requests, stats.sink, ...settings.sinks]

  function guard(sink: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      parts.sinkFailed(sink)
      fault(`sink ${sink}`, error)
    }
  }

  const observer = createObserver({
    storage,
    printer,
    newId,
    trust,
    baggage,
    fault,
    loggerFor: (scope, existing) =>
      boundTo(scope, existing && isPino(existing) ? withContext(existing, foreignSetup) : log),
    begin(method, scheme) {
      for (const sink of sinks) guard(sink.name, () => sink.begin?.(method, scheme))
    },
    end(record: RequestRecord, loggedElsewhere: boolean) {
      for (const sink of sinks) guard(sink.name, () => sink.write(record))
      if (settings.log.access && !loggedElsewhere && !isSilent(record.path))
        guard('access log', () => access(record))
    },
  })

  const endpoints = new Endpoints(fault)
  endpoints.mount(settings.metrics.path, metricsEndpoint(parts.write, fault))
  endpoints.mount(settings.stats.path, jsonEndpoint(stats.stats))
  const healthPath = settings.health.path
  if (healthPath !== false) {
    for (const [path, endpoint] of healthEndpoints(healthPath, health)) endpoints.mount(path, endpoint)
  }

  const closers: Array<() => Promise<void>> = []
  const outlets: Outlets = {
    service,
    version,
    metrics: parts.metrics,
    log: own,
    fault,
    lines,
    addFamilies: (families) => void others.push(...families),
    onClose: (close) => void closers.push(close),
  }

  const sightline: Sightline & { readonly [OUTLETS]: Outlets } = {
    [OUTLETS]: outlets,
    get log() {
      return log
    },
    context: createContext({ storage, printer, newId, baggage }),
    metrics: parts.metrics,
    health,
    ...createTiming(parts.metrics),
    ...createTracing({ storage, printer, newId, fault }),
    stats: stats.stats,
    observe: observer.observe,
    know: (routes) => parts.requests.know(routes),
    isEndpoint: (req) => endpoints.of(req) !== undefined,
    serve: (req, res) => endpoints.serve(req, res),
    useLogger(logger) {
      if (!isPino(logger)) return false
      if (settings.log.logger) return true
      log = withContext(logger, foreignSetup, serviceBinding(logger, service))
      access = pinoAccessLog(logger, service, printer, lines)
      return true
    },
    async close() {
      const closed = sinks.map(async (sink) => sink.close?.())
      for (const result of await Promise.allSettled(closed)) {
        if (result.status === 'rejected') fault('a sink that was to close', result.reason)
      }
      // After the sinks: what they leave behind is sent as well.
      for (const result of await Promise.allSettled(closers.map((close) => close()))) {
        if (result.status === 'rejected') fault('a destination that was to close', result.reason)
      }
      if (!settings.log.destination) stdout().flush()
    },
  }
  announce(outlets)
  return sightline
}

/** Lines for people where that is wanted. The library is loaded only then: it would double the time to start. */
function prettyIf(pretty: boolean, destination: LogDestination): LogDestination {
  if (!pretty) return destination
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
  const format = prettyFactory({
    colorize: process.stdout.isTTY === true,
    ignore: 'service',
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return { write: (line) => destination.write(format(line) ?? line) }
}
