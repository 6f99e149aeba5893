export { createSightline, type Sightline } from './sightline.ts'
export type {
  BodyOptions,
  DebugOnFailureOptions,
  HealthOptions,
  LifecycleOptions,
  LogOptions,
  ManagementOptions,
  MetricsOptions,
  ProbeOptions,
  SampleOptions,
  SightlineOptions,
  StatsOptions,
} from './options/options.ts'
export type {
  Exchange,
  FaultReporter,
  Fields,
  HttpServer,
  KnownRoute,
  Masking,
  Observation,
  Observer,
  Outcome,
  RequestRecord,
  Sink,
  TraceContext,
} from './seam.ts'
export type { Destination, Taps } from './taps.ts'
export type { Carried, Context, MessageHeaders } from './jobs/context.ts'
export type { JobOptions, Jobs } from './jobs/jobs.ts'
export type { Scope } from './context/scopes.ts'
export type { Span } from './tracing/span.ts'
export type { TraceOptions } from './tracing/operations.ts'
export type {
  AccessEvent,
  AccessEventRule,
  ClientRegistry,
  IgnoreRule,
  LogDestination,
  RequestIdRule,
  RouteRule,
  Trust,
} from './options/rules.ts'
export type { Metrics } from './metrics/metrics.ts'
export type {
  Counter,
  Gauge,
  Histogram,
  HistogramConfig,
  InstrumentConfig,
  Labels,
  Summary,
  SummaryConfig,
} from './business/business.ts'
export type { RatioConfig } from './business/ratios.ts'
export type {
  DurationHistogram,
  DurationNaming,
  DurationSummary,
  LabelSource,
  RequestLabels,
} from './options/duration-naming.ts'
export type { ConnectionPool } from './metrics/pools.ts'
export type { ExpositionFormat } from './series/exposition.ts'
export type { Family } from './series/family.ts'
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
export type { Cut } from './lifecycle/served.ts'
export type { ManagementPort } from './endpoints/server.ts'
export type { ProbePort } from './probes/probes.ts'
export type { Stats, StatsFigures } from './metrics/stats.ts'
export type { Baggage } from './context/baggage.ts'
export type { Logger } from 'pino'
