import { checkTelemetryOptions, COMPRESSIONS, EXPORTERS, PROTOCOLS } from './checks.ts'
import { type Environment, environment, MILLISECONDS } from './environment.ts'
import type { Exporter, SignalOptions, TelemetryOptions } from './options.ts'
import type { Signal } from './otlp/batch.ts'
import type { Encoding } from './otlp/writer.ts'
import type { SamplingOptions } from './sampling.ts'
import type { Propagators } from './tracing/propagator.ts'

/** Where one signal goes, with nothing left open. */
export interface SignalSettings {
  /** None: the signal is not sent. */
  readonly exporters: readonly Destination[]
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly encoding: Encoding
  readonly compress: boolean
  /** Milliseconds. */
  readonly timeout: number
  readonly delay: number
  /** Items of one batch; `undefined`: as delivery has it. */
  readonly batchItems: number | undefined
}

/** Where a signal goes. */
type Destination = Exclude<Exporter, 'none'>

/** The options with nothing left open. */
export interface Settings {
  /** Whether all of it is switched off. */
  readonly disabled: boolean
  readonly service: string | undefined
  readonly resource: Readonly<Record<string, string | number | boolean>>
  readonly signals: Readonly<Record<Signal, SignalSettings>>
  /** Milliseconds between two readings of the metrics. */
  readonly interval: number
  readonly sampling: SamplingOptions
  readonly propagateTo: NonNullable<TelemetryOptions['propagateTo']>
  /** What of a request's place in its trace is taken from callers and passed on. */
  readonly propagators: Propagators
  readonly outbound: boolean
  readonly instrumentations: readonly string[]
  readonly valueLimit: number | undefined
  readonly quiet: boolean
  /** A line for each variable that is not, or not wholly, honoured. */
  readonly notes: ReadonlySet<string>
}

const NUMBER = { least: 0, most: Number.MAX_SAFE_INTEGER }
const COUNT = { least: 1, most: Number.MAX_SAFE_INTEGER }
const SHARE = { least: 0, most: 1 }

/**
 * Completes the options from the environment and the defaults.
 *
 * @throws {TypeError} one sentence that names the option, its value, and what is allowed
 */
export function settingsFrom(options: TelemetryOptions, processEnv: NodeJS.ProcessEnv): Settings {
  checkTelemetryOptions(options)
  const env = environment(processEnv)
  noteMetricsData(env)
  const resource = { ...env.pairs('OTEL_RESOURCE_ATTRIBUTES'), ...options.resource }
  const named = resource['service.name']
  return {
    disabled: env.flag('OTEL_SDK_DISABLED'),
    service:
      options.service ?? env.text('OTEL_SERVICE_NAME') ?? (named === undefined ? undefined : String(named)),
    resource,
    signals: {
      traces: signalSettings('traces', options.traces ?? {}, options, env, 'BSP'),
      metrics: signalSettings('metrics', options.metrics ?? {}, options, env, undefined),
      logs: signalSettings('logs', options.logs ?? {}, options, env, 'BLRP'),
    },
    interval: options.metrics?.interval ?? env.number('OTEL_METRIC_EXPORT_INTERVAL', MILLISECONDS) ?? 60_000,
    sampling: options.sampling ?? samplingFrom(env),
    propagateTo: options.propagateTo ?? 'private',
    propagators: propagatorsFrom(env),
    outbound: options.outbound ?? true,
    instrumentations: options.instrumentations ?? env.list('OTEL_NODE_ENABLED_INSTRUMENTATIONS') ?? [],
    valueLimit: env.number('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', NUMBER),
    quiet: options.quiet ?? false,
    notes: env.notes,
  }
}

function signalSettings(
  signal: Signal,
  own: SignalOptions,
  all: TelemetryOptions,
  env: Environment,
  batch: 'BSP' | 'BLRP' | undefined,
): SignalSettings {
  const upper = signal.toUpperCase()
  /** A variable of this signal, else that of all signals. */
  const either = <T>(read: (name: string) => T | undefined, name: string) =>
    read(`OTEL_EXPORTER_OTLP_${upper}_${name}`) ?? read(`OTEL_EXPORTER_OTLP_${name}`)
  const protocol = all.protocol ?? either((name) => env.choice(name, PROTOCOLS), 'PROTOCOL')
  const compression = all.compression ?? either((name) => env.choice(name, COMPRESSIONS), 'COMPRESSION')
  const base = all.endpoint ?? env.url('OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318'
  // What is said in code of all signals comes before what the environment says of one.
  const full =
    own.endpoint ??
    (all.endpoint === undefined ? env.url(`OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`) : undefined) ??
    `${base.replace(/\/+$/, '')}/v1/${signal}`
  return {
    exporters: exportersOf(signal, own.exporter, env),
    url: full,
    headers: { ...either(env.headers, 'HEADERS'), ...all.headers, ...own.headers },
    encoding: protocol === 'http/json' ? 'json' : 'protobuf',
    compress: compression === undefined ? !isThisMachine(full) : compression === 'gzip',
    timeout: all.timeout ?? either((name) => env.number(name, MILLISECONDS), 'TIMEOUT') ?? 10_000,
    delay: own.delay ?? (batch && env.number(`OTEL_${batch}_SCHEDULE_DELAY`, MILLISECONDS)) ?? 1_000,
    batchItems: batch && env.number(`OTEL_${batch}_MAX_EXPORT_BATCH_SIZE`, COUNT),
  }
}

/** Nothing is saved by compressing what does not leave the machine, and it would be most of what a span costs. */
function isThisMachine(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? ''
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
function samplingFrom(env: Environment): SamplingOptions {
  const name = env.choice('OTEL_TRACES_SAMPLER', [
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ])
  if (name === undefined) return {}
  const parent = name.startsWith('parentbased_')
  if (name.endsWith('always_on')) return { parent, ratio: 1 }
  if (name.endsWith('always_off')) return { parent, ratio: 0 }
  return { parent, ratio: env.number('OTEL_TRACES_SAMPLER_ARG', SHARE) ?? 1 }
}

/** `logging` is what `console` was called once; `prometheus` is what `/metrics` answers anyway. */
const NAMED = [...EXPORTERS, 'logging', 'prometheus'] as const

function exportersOf(signal: Signal, own: Exporter | undefined, env: Environment): readonly Destination[] {
  if (own !== undefined) return own === 'none' ? [] : [own]
  const variable = `OTEL_${signal.toUpperCase()}_EXPORTER`
  const allowed = NAMED.filter((each) => each !== 'prometheus' || signal === 'metrics')
  const named = env.choices(variable, allowed) ?? ['otlp']
  if (named.includes('none')) return []
  if (named.includes('prometheus'))
    env.note(variable, 'names "prometheus": metrics are read at /metrics, not at a port of their own')
  return (['otlp', 'console'] as const).filter(
    (each) => named.includes(each) || (each === 'console' && named.includes('logging')),
  )
}

/** Where none of those named is supported it is as if none were named; `none` comes before the others. */
function propagatorsFrom(env: Environment): Propagators {
  const named = env.choices('OTEL_PROPAGATORS', ['tracecontext', 'baggage', 'none'])
  const passes = (name: 'tracecontext' | 'baggage') =>
    named === undefined || (named.includes(name) && !named.includes('none'))
  return { trace: passes('tracecontext'), baggage: passes('baggage') }
}

/** Metrics are sent in one form: who has asked for another is told. */
function noteMetricsData(env: Environment): void {
  env.choice('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', ['cumulative'])
  env.choice('OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', ['explicit_bucket_histogram'])
}
