export { startTelemetry, type Telemetry } from './telemetry.ts'
export type { Exporter, MetricsExportOptions, SignalOptions, TelemetryOptions } from './options.ts'
export type { SamplingOptions } from './sampling.ts'
export type { PropagateTo } from './tracing/hosts.ts'
