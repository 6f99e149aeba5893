import { type Environment, environment } from './environment.ts'
import type { Exporter, SignalOptions, TelemetryOptions } from './options.ts'
import type { Signal } from './otlp/batch.ts'
import type { Encoding } from './otlp/writer.ts'
import type { SamplingOptions } from './sampling.ts'

/** Where one signal goes, with nothing left open. */
export interface SignalSettings {
  readonly exporter: Exporter
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
  readonly outbound: boolean
  readonly instrumentations: readonly string[]
  readonly valueLimit: number | undefined
  readonly quiet: boolean
}

const EXPORTERS = ['otlp', 'console', 'none'] as const
const PROTOCOLS = ['http/protobuf', 'http/json'] as const

/**
 * Completes the options from the environment and the defaults.
 *
 * @throws {TypeError} one sentence that names the option or variable, its value, and what is allowed
 */
export function settingsFrom(options: TelemetryOptions, processEnv: NodeJS.ProcessEnv): Settings {
  checkOptions(options)
  const env = environment(processEnv)
  const resource = { ...env.pairs('OTEL_RESOURCE_ATTRIBUTES'), ...options.resource }
  const named = resource['service.name']
  checkPropagators(env)
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
    interval: options.metrics?.interval ?? env.number('OTEL_METRIC_EXPORT_INTERVAL', 1) ?? 60_000,
    sampling: options.sampling ?? samplingFrom(env),
    propagateTo: options.propagateTo ?? 'private',
    outbound: options.outbound ?? true,
    instrumentations: options.instrumentations ?? env.list('OTEL_NODE_ENABLED_INSTRUMENTATIONS') ?? [],
    valueLimit: env.number('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 1),
    quiet: options.quiet ?? false,
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
  const compression =
    all.compression ?? either((name) => env.choice(name, ['gzip', 'none'] as const), 'COMPRESSION')
  const base = all.endpoint ?? env.text('OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318'
  // What is said in code of all signals comes before what the environment says of one.
  const full =
    own.endpoint ??
    (all.endpoint === undefined ? env.text(`OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`) : undefined) ??
    `${base.replace(/\/+$/, '')}/v1/${signal}`
  return {
    exporter: own.exporter ?? env.choice(`OTEL_${upper}_EXPORTER`, EXPORTERS) ?? 'otlp',
    url: full,
    headers: { ...either(env.pairs, 'HEADERS'), ...all.headers, ...own.headers },
    encoding: protocol === 'http/json' ? 'json' : 'protobuf',
    compress: compression === undefined ? !isThisMachine(full) : compression === 'gzip',
    timeout: all.timeout ?? either((name) => env.number(name, 1), 'TIMEOUT') ?? 10_000,
    delay: own.delay ?? (batch && env.number(`OTEL_${batch}_SCHEDULE_DELAY`, 1)) ?? 1_000,
    batchItems: batch && env.number(`OTEL_${batch}_MAX_EXPORT_BATCH_SIZE`, 1),
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
  const ratio = env.number('OTEL_TRACES_SAMPLER_ARG') ?? 1
  if (ratio > 1) {
    throw new TypeError(
      `Sightline: environment variable OTEL_TRACES_SAMPLER_ARG is "${ratio}", but must be a share from 0 to 1`,
    )
  }
  return { parent, ratio }
}

function checkPropagators(env: Environment): void {
  for (const name of env.list('OTEL_PROPAGATORS') ?? []) {
    if (!['tracecontext', 'baggage'].includes(name)) {
      throw new TypeError(
        `Sightline: environment variable OTEL_PROPAGATORS names "${name}", but there are only tracecontext and baggage`,
      )
    }
  }
}

/** What TypeScript would have said: options come from JavaScript as well. */
function checkOptions({
  protocol,
  sampling = {},
  propagateTo,
  traces,
  metrics,
  logs,
}: TelemetryOptions): void {
  const wrong = (name: string, value: unknown, allowed: string) =>
    new TypeError(`Sightline: option ${name} is ${JSON.stringify(value)}, but must be ${allowed}`)
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    throw wrong('protocol', protocol, `one of ${PROTOCOLS.join(', ')}`)
  for (const [name, signal] of Object.entries({ traces, metrics, logs })) {
    if (signal?.exporter !== undefined && !EXPORTERS.includes(signal.exporter))
      throw wrong(`${name}.exporter`, signal.exporter, `one of ${EXPORTERS.join(', ')}`)
  }
  for (const [name, share] of [
    ['ratio', sampling.ratio] as const,
    ...Object.entries(sampling.routes ?? {}),
  ]) {
    if (share !== undefined && !(share >= 0 && share <= 1))
      throw wrong(`sampling ${name}`, share, 'a share from 0 to 1')
  }
  if (
    propagateTo !== undefined &&
    !Array.isArray(propagateTo) &&
    !['private', 'all', 'none'].includes(propagateTo as string)
  )
    throw wrong('propagateTo', propagateTo, "'private', 'all', 'none' or a list of hosts")
}
