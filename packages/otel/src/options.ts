import type { Sightline } from '@sightline/core'
import type { SpoolOptions } from '@sightline/core/delivery'

import type { SamplingOptions } from './sampling.ts'
import type { PropagateTo } from './tracing/hosts.ts'

/** Where a signal goes: to a collector, to the terminal in front of you, or nowhere. */
export type Exporter = 'otlp' | 'console' | 'none'

/** How a process sends its telemetry. All of it is optional; what code leaves open is taken from the environment. */
export interface TelemetryOptions {
  /** Sightlines that exist already. Those that are made later are found by themselves. */
  readonly sightlines?: readonly Sightline[]
  /** Names the service. Default: `OTEL_SERVICE_NAME`, the name of the first Sightline. */
  readonly service?: string
  /** More about what runs here. Default: `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resource?: Readonly<Record<string, string | number | boolean>>
  /** Where the collector listens. Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318`. */
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
  /** Which traces are recorded. Default: `OTEL_TRACES_SAMPLER`, else all that no caller has decided against. */
  readonly sampling?: SamplingOptions
  /** To which hosts trace headers and baggage go. Default: `private`: to addresses and names that no public net has. */
  readonly propagateTo?: PropagateTo
  /** Whether requests to others by `fetch`, undici and `node:http` are shown as spans, and carry traces on. Default: true. */
  readonly outbound?: boolean
  /**
   * Instrumentations of OpenTelemetry that the application has installed, such as `pg` for
   * `@opentelemetry/instrumentation-pg`. Default: `OTEL_NODE_ENABLED_INSTRUMENTATIONS`.
   */
  readonly instrumentations?: readonly string[]
  /** Keeps what could not be delivered for a moment on disk too. */
  readonly spool?: SpoolOptions
  /**
   * Whether the two lines at the start, on standard error, are left out. Variables that cannot be honoured are said in any
   * case. Default: false.
   */
  readonly quiet?: boolean
}

/** How one signal is sent. What is left open is as for all signals. */
export interface SignalOptions {
  /** Traces go on to other services with `none` as well. Default: `OTEL_TRACES_EXPORTER` and its like, else `otlp`. */
  readonly exporter?: Exporter
  /** The whole address, with its path. Default: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` and its like. */
  readonly endpoint?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds until a batch is sent that is not full. Default: `OTEL_BSP_SCHEDULE_DELAY`, else 1000. */
  readonly delay?: number
}

export interface MetricsExportOptions extends Omit<SignalOptions, 'delay'> {
  /** Milliseconds between two readings. Default: `OTEL_METRIC_EXPORT_INTERVAL`, else 60,000. */
  readonly interval?: number
}
