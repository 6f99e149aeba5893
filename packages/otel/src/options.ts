import type { Sightline } from '@sightline/core'
import type { SpoolOptions } from '@sightline/delivery'

import type { SamplingOptions } from './sampling.ts'
import type { PropagateTo } from './tracing/hosts.ts'

/** The destination of a signal: a collector, the terminal, or none. */
export type Exporter = 'otlp' | 'console' | 'none'

/** The telemetry of a process. All options are optional. The environment supplies those that code leaves out. */
export interface TelemetryOptions {
  /** Existing Sightlines. Sightlines that are created later are found automatically. */
  readonly sightlines?: readonly Sightline[]
  /** The name of the service. Default: `OTEL_SERVICE_NAME`, the name of the first Sightline. */
  readonly service?: string
  /** Further resource attributes. Default: `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resource?: Readonly<Record<string, string | number | boolean>>
  /** The address of the collector. Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318`. */
  readonly endpoint?: string
  /** Headers of each export request. Default: `OTEL_EXPORTER_OTLP_HEADERS`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default: `OTEL_EXPORTER_OTLP_PROTOCOL`, else `http/protobuf`. */
  readonly protocol?: 'http/protobuf' | 'http/json'
  /** Default: `OTEL_EXPORTER_OTLP_COMPRESSION`, else `gzip`, but `none` to a collector on the same machine. */
  readonly compression?: 'gzip' | 'none'
  /** Milliseconds that an export request may take. Default: `OTEL_EXPORTER_OTLP_TIMEOUT`, else 10,000. */
  readonly timeout?: number
  readonly traces?: SignalOptions
  readonly metrics?: MetricsExportOptions
  readonly logs?: SignalOptions
  /** The traces to record. Default: `OTEL_TRACES_SAMPLER`, else all, except those that the caller does not sample. */
  readonly sampling?: SamplingOptions
  /**
   * The hosts that get trace headers and baggage. Default: `private`: addresses and names that no public network has.
   */
  readonly propagateTo?: PropagateTo
  /**
   * Whether outbound requests by `fetch`, undici and `node:http` become spans and continue the trace. Default: true.
   */
  readonly outbound?: boolean
  /**
   * Instrumentations of OpenTelemetry that the application has installed, such as `pg` for
   * `@opentelemetry/instrumentation-pg`. Default: `OTEL_NODE_ENABLED_INSTRUMENTATIONS`.
   */
  readonly instrumentations?: readonly string[]
  /** Also saves items to disk that could not be delivered at once. */
  readonly spool?: SpoolOptions
  /** Hides the two start lines on standard error. Lines about ignored variables still appear. Default: false. */
  readonly quiet?: boolean
}

/** The export of one signal. Options that are left out are those of all signals. */
export interface SignalOptions {
  /**
   * With `none`, trace headers are still sent to other services. Default: `OTEL_TRACES_EXPORTER` and its like, else
   * `otlp`.
   */
  readonly exporter?: Exporter
  /** The whole address, with its path. Default: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` and its like. */
  readonly endpoint?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds until an incomplete batch is sent. Default: `OTEL_BSP_SCHEDULE_DELAY`, else 1000. */
  readonly delay?: number
}

export interface MetricsExportOptions extends Omit<SignalOptions, 'delay'> {
  /** Milliseconds between two readings. Default: `OTEL_METRIC_EXPORT_INTERVAL`, else 60,000. */
  readonly interval?: number
}
