export { createSightline, type Sightline } from './sightline.ts'
export type {
  BodyOptions,
  DebugOnFailureOptions,
  HealthOptions,
  LifecycleOptions,
  LogOptions,
  ManagementOptions,
  MetricsOptions,
  ProbeThreadOptions,
  SampleOptions,
  SightlineOptions,
  StatsOptions,
} from './options.ts'
export type { Exchange, Fields, Observation, Observer, Outcome, RequestRecord, Sink } from './seam.ts'
export type { Carried, Context, MessageHeaders } from './context.ts'
export type { Baggage, Scope } from './scopes.ts'
export type { Span } from './tracing/span.ts'
export type { TraceOptions } from './tracing/operations.ts'
export type { TraceContext } from './trace-context.ts'
export type { RequestIdRule, Trust } from './request-id.ts'
export type { IgnoreRule, RouteRule } from './incoming.ts'
export type { AccessEvent, AccessEventRule } from './log/access-events.ts'
export { fromPinoHttp, type PinoHttpOptions } from './log/pino-http.ts'
export type { LogDestination } from './log/stdout.ts'
export type { Metrics } from './metrics/metrics.ts'
export type {
  Counter,
  Gauge,
  HistogramConfig,
  InstrumentConfig,
  Labels,
  Observed,
  SummaryConfig,
} from './metrics/business.ts'
export type {
  DurationHistogram,
  DurationNaming,
  DurationSummary,
  LabelSource,
  RequestLabels,
} from './metrics/duration-naming.ts'
export { type ExpressPromBundleOptions, fromExpressPromBundle } from './migrations/express-prom-bundle.ts'
export {
  type FastifyMetricsOptions,
  type FastifyRouteMetrics,
  fromFastifyMetrics,
} from './migrations/fastify-metrics.ts'
export type { ConnectionPool } from './metrics/pools.ts'
export type { ClientRegistry } from './metrics/registries.ts'
export type { ExpositionFormat } from './metrics/exposition.ts'
export type { KnownRoute } from './metrics/request-metrics.ts'
export * as checks from './health/checks.ts'
export type { Health } from './health/health.ts'
export type { HealthReport, ReportedCheck } from './health/report.ts'
export type {
  CheckFunction,
  CheckKind,
  CheckOptions,
  CheckResult,
  HealthGroup,
  HealthStatus,
} from './health/check.ts'
export type { Lifecycle } from './lifecycle/lifecycle.ts'
export type { HookOptions, ShutdownHook } from './lifecycle/hooks.ts'
export type { ShutdownReport } from './lifecycle/shutdown.ts'
export type { Cut, HttpServer } from './lifecycle/served.ts'
export type { ManagementPort } from './management/server.ts'
export type { ProbePort } from './probes/probes.ts'
export type { Stats, StatsFigures } from './stats.ts'
export type { Logger } from 'pino'
