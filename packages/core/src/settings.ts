import { isBaggageName } from './baggage.ts'
import { isPino } from './log/logger.ts'
import { DURATION_BUCKETS } from './metrics/request-metrics.ts'
import type { HealthOptions, LogOptions, MetricsOptions, SightlineOptions, StatsOptions } from './options.ts'
import type { Trust } from './request-id.ts'
import type { Sink } from './seam.ts'

/** The options with nothing left open. */
export interface Settings {
  readonly service: string
  readonly version: string | undefined
  readonly trust: Trust
  readonly baggage: readonly string[]
  readonly sinks: readonly Sink[]
  readonly log: Required<Omit<LogOptions, 'destination' | 'logger'>> &
    Pick<LogOptions, 'destination' | 'logger'>
  readonly metrics: Required<Omit<MetricsOptions, 'slos'>>
  readonly stats: Required<StatsOptions>
  readonly health: Required<HealthOptions>
}

/** Says what is wrong with a value: what would be allowed; `undefined`: nothing. */
type Check = (value: unknown) => string | undefined

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

const text: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'a text that is not empty'
const yesOrNo: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false')
const path: Check = (value) =>
  value === false || (typeof value === 'string' && /^\/[^?#\s]*$/.test(value))
    ? undefined
    : 'a path such as /metrics, or false'
const seconds: Check = (value) =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? undefined : 'a number of seconds above 0'
const count: Check = (value) =>
  Number.isInteger(value) && (value as number) > 0 ? undefined : 'a whole number above 0'
const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value as string) ? undefined : `one of ${allowed.join(', ')}`
const listOf =
  (item: Check, what: string): Check =>
  (value) =>
    Array.isArray(value) && value.every((each) => item(each) === undefined) ? undefined : `a list of ${what}`
const objectWith =
  (what: string, ...methods: readonly string[]): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
      ? undefined
      : what
const ascending: Check = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each, i) => seconds(each) === undefined && (i === 0 || each > value[i - 1]))
    ? undefined
    : 'a list of ascending numbers of seconds above 0'
const sink: Check = (value) => objectWith('a sink', 'write')(value) ?? text((value as Sink).name)

/** Every option there is. A group is a table of its own. */
interface Table {
  readonly [option: string]: Check | Table
}

const TABLE: Table = {
  service: text,
  version: text,
  trust: (value) =>
    typeof value === 'function'
      ? undefined
      : oneOf('always', 'never')(value) && "'always', 'never' or a function of the request",
  baggage: listOf(
    (value) =>
      typeof value === 'string' && isBaggageName(value) ? undefined : 'a name of a member of baggage',
    'names of members of baggage',
  ),
  log: {
    level: oneOf(...LEVELS),
    pretty: yesOrNo,
    redact: (value) =>
      value === false
        ? undefined
        : listOf(text, 'names of fields')(value) && 'a list of names of fields, or false',
    destination: objectWith('an object with a method write(line)', 'write'),
    logger: (value) => (isPino(value) ? undefined : 'a pino logger'),
    access: yesOrNo,
    silent: listOf(
      (value) => (typeof value === 'string' && value.startsWith('/') ? undefined : 'a path'),
      'paths',
    ),
  },
  metrics: {
    path,
    naming: oneOf('classic', 'otel'),
    buckets: ascending,
    slos: listOf(seconds, 'numbers of seconds above 0'),
    maxSeries: count,
    runtime: yesOrNo,
    registries: listOf(
      objectWith('a registry', 'getMetricsAsJSON'),
      'registries of @prometheus-io/client or prom-client',
    ),
  },
  stats: { path, window: seconds, apdex: seconds },
  health: { path },
  sinks: listOf(sink, 'sinks: objects with a name and a method write(record)'),
}

/**
 * Checks the options, completes them from the environment and the defaults, in this order of precedence.
 *
 * @throws {TypeError} one sentence that names the option or variable, its value, and what is allowed
 */
export function settingsFrom(options: SightlineOptions, env: NodeJS.ProcessEnv): Settings {
  check(options, TABLE, 'option')
  const { log = {}, metrics = {}, stats = {}, health = {} } = options
  const buckets = metrics.buckets ?? DURATION_BUCKETS
  return {
    service:
      options.service ??
      fromEnv(env, 'SIGHTLINE_SERVICE', text) ??
      fromEnv(env, 'OTEL_SERVICE_NAME', text) ??
      env.npm_package_name ??
      'unknown_service:node',
    version: options.version ?? fromEnv(env, 'SIGHTLINE_VERSION', text) ?? env.npm_package_version,
    trust:
      options.trust ??
      (fromEnv(env, 'SIGHTLINE_TRUST', oneOf('always', 'never')) as Trust | undefined) ??
      'always',
    baggage: options.baggage ?? [],
    sinks: options.sinks ?? [],
    log: {
      level: log.level ?? fromEnv(env, 'SIGHTLINE_LOG_LEVEL', oneOf(...LEVELS)) ?? 'info',
      pretty:
        log.pretty ??
        flag(env, 'SIGHTLINE_LOG_PRETTY') ??
        (log.destination === undefined && process.stdout.isTTY === true),
      redact: log.redact ?? [],
      access: log.access ?? true,
      silent: log.silent ?? [],
      ...(log.destination && { destination: log.destination }),
      ...(log.logger && { logger: log.logger }),
    },
    metrics: {
      path: metrics.path ?? fromEnv(env, 'SIGHTLINE_METRICS_PATH', path) ?? '/metrics',
      naming:
        metrics.naming ??
        (fromEnv(env, 'SIGHTLINE_METRICS_NAMING', oneOf('classic', 'otel')) as
          | 'classic'
          | 'otel'
          | undefined) ??
        'classic',
      buckets: [...new Set([...buckets, ...(metrics.slos ?? [])])].toSorted((a, b) => a - b),
      maxSeries: metrics.maxSeries ?? 2_000,
      runtime: metrics.runtime ?? true,
      registries: metrics.registries ?? [],
    },
    stats: {
      path: stats.path ?? fromEnv(env, 'SIGHTLINE_STATS_PATH', path) ?? '/stats',
      window: stats.window ?? 60,
      apdex: stats.apdex ?? 0.5,
    },
    health: { path: health.path ?? fromEnv(env, 'SIGHTLINE_HEALTH_PATH', path) ?? '/health' },
  }
}

function check(options: unknown, table: Table, where: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`Sightline: ${where} is ${shown(options)}, but must be an object`)
  }
  for (const [name, value] of Object.entries(options)) {
    const expected = table[name]
    if (value === undefined) continue
    const full = where === 'option' ? `option ${name}` : `${where}.${name}`
    if (expected === undefined) {
      throw new TypeError(`Sightline: ${full} does not exist: there are ${Object.keys(table).join(', ')}`)
    }
    if (typeof expected !== 'function') {
      check(value, expected, full)
      continue
    }
    const allowed = expected(value)
    if (allowed !== undefined)
      throw new TypeError(`Sightline: ${full} is ${shown(value)}, but must be ${allowed}`)
  }
}

function fromEnv(env: NodeJS.ProcessEnv, variable: string, allowed: Check): string | undefined {
  const value = env[variable]
  if (value === undefined || value === '') return undefined
  const problem = allowed(value)
  if (problem !== undefined)
    throw new TypeError(
      `Sightline: environment variable ${variable} is ${shown(value)}, but must be ${problem}`,
    )
  return value
}

function flag(env: NodeJS.ProcessEnv, variable: string): boolean | undefined {
  const value = fromEnv(env, variable, oneOf('true', 'false', '1', '0'))
  return value === undefined ? undefined : value === 'true' || value === '1'
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}
