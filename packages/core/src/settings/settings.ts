import { constants } from 'node:os'
import { isatty } from 'node:tty'

import { lastName } from '@sightline/secrets'

import { LAYOUTS } from '../access/layout.ts'
import { isBaggageName } from '../context/baggage.ts'
import type { ManagementSettings } from '../endpoints/access.ts'
import type { LifecycleSettings } from '../lifecycle/lifecycle.ts'
import { LEVELS } from '../log/levels.ts'
import { hasUsualLevels, USUAL_LOGGER } from '../log/logger.ts'
import type { QuietSettings } from '../log/quiet-lines.ts'
import type { LogSettings } from '../log/service-log.ts'
import { durationNaming } from '../metrics/duration-naming.ts'
import { DURATION_BUCKETS } from '../metrics/request-metrics.ts'
import type {
  HealthOptions,
  LogOptions,
  MetricsOptions,
  SightlineOptions,
  StatsOptions,
} from '../options/options.ts'
import type { LayoutName, RequestIdRule, RouteRule, Trust } from '../options/rules.ts'
import { isPino } from '../pino/pino-parts.ts'
import type { ProbeSettings } from '../probes/probes.ts'
import { flag, fromEnv, number } from '../requirements/environment.ts'
import {
  ascending,
  checkOptions,
  count,
  functionOf,
  functions,
  listOf,
  milliseconds,
  millisecondsFrom,
  namesOf,
  objectWith,
  oneOf,
  path,
  Renamed,
  type Requirement,
  seconds,
  share,
  shown,
  Switch,
  type Table,
  text,
  yesOrNo,
} from '../requirements/requirements.ts'
import type { Sink } from '../seam.ts'
import type { Destination } from '../taps.ts'
import { destinations } from './destinations.ts'
import { MANAGEMENT_TABLE, managementFrom } from './management.ts'
import { PROBE_TABLE, probesFrom } from './probes.ts'
import { programPackage } from './program.ts'

/** What is absent where nobody has asked for it. */
/** The options with nothing left open. */
export interface Settings {
  readonly service: string
  readonly version: string | undefined
  readonly trust: Trust
  readonly requestId: RequestIdRule | undefined
  readonly route: RouteRule | undefined
  readonly baggage: readonly string[]
  readonly sinks: readonly Sink[]
  readonly destinations: readonly Destination[]
  readonly log: LogSettings
  readonly metrics: Required<Omit<MetricsOptions, 'slos'>>
  readonly stats: Required<StatsOptions>
  readonly health: Required<Pick<HealthOptions, 'path'>> & { readonly probes: ProbeSettings | undefined }
  readonly management: ManagementSettings
  readonly lifecycle: LifecycleSettings
}

/** A signal that a process can listen for: https://nodejs.org/api/process.html#signal-events */
const signal: Requirement = (value) =>
  Object.hasOwn(constants.signals, String(value)) && value !== 'SIGKILL' && value !== 'SIGSTOP'
    ? undefined
    : 'a signal'

const sink: Requirement = (value) => objectWith('a sink', 'write')(value) ?? text((value as Sink).name)

/** Of a path the last name counts: it has to have one. */
const redact: Requirement = (value) => {
  if (value === false) return undefined
  if (listOf(text, 'texts')(value) !== undefined) return 'a list of names of fields, or false'
  const nameless = (value as readonly string[]).find((name) => lastName(name) === undefined)
  return nameless && `a list of names of fields, or false: ${nameless} ends in no name, name the fields there`
}

const paths = listOf(
  (value) => (typeof value === 'string' && value.startsWith('/') ? undefined : 'a path'),
  'paths',
)

const TABLE: Table = {
  service: text,
  version: text,
  trust: (value) =>
    typeof value === 'function'
      ? undefined
      : oneOf('always', 'never')(value) && "'always', 'never' or a function of the request",
  requestId: functionOf('a request and its response'),
  route: functionOf('a request and its response'),
  baggage: listOf(
    (value) =>
      typeof value === 'string' && isBaggageName(value) ? undefined : 'a name of a member of baggage',
    'names of members of baggage',
  ),
  log: {
    level: oneOf(...LEVELS),
    levels: namesOf(oneOf(...LEVELS), `levels by route, each one of ${LEVELS.join(', ')}`),
    pretty: yesOrNo,
    redact,
    layout: oneOf(...LAYOUTS),
    destination: objectWith('an object with a method write(line)', 'write'),
    logger(value) {
      if (!isPino(value)) return 'a pino logger'
      return hasUsualLevels(value) ? undefined : USUAL_LOGGER
    },
    debugOnFailure: new Switch({
      lines: count,
      bytes: count,
      keepSlow: milliseconds,
      slow: new Renamed('log.debugOnFailure.keepSlow, in milliseconds'),
    }),
    caller: yesOrNo,
    access: yesOrNo,
    event: functionOf('a record, a request and its response'),
    sample: {
      ratio: share,
      keepSlow: milliseconds,
      routes: namesOf(share, 'numbers from 0 to 1 by route'),
      rate: new Renamed('log.sample.ratio'),
      slow: new Renamed('log.sample.keepSlow, in milliseconds'),
    },
    headers: (value) =>
      typeof value === 'boolean' || listOf(text, 'names')(value) === undefined
        ? undefined
        : 'true, false or a list of names of headers',
    bodies: new Switch({ maxBytes: count, routes: listOf(text, 'routes') }),
    serializers: functions,
    ignore: (value) =>
      typeof value === 'function' || paths(value) === undefined
        ? undefined
        : 'a list of paths, or a function of a request',
    silent: new Renamed('log.ignore'),
  },
  metrics: {
    path,
    naming: (value) => (oneOf('classic', 'otel')(value) === undefined ? undefined : durationNaming(value)),
    buckets: ascending,
    slos: listOf(seconds, 'numbers of seconds above 0'),
    maxSeries: count,
    runtime: yesOrNo,
    host: yesOrNo,
    outbound: yesOrNo,
    workers: yesOrNo,
    registries: listOf(
      objectWith('a registry', 'getMetricsAsJSON'),
      'registries of @prometheus-io/client or prom-client',
    ),
  },
  stats: {
    path,
    // One that is meant in seconds is refused.
    period: millisecondsFrom(1_000),
    apdexTarget: millisecondsFrom(1),
    window: new Renamed('stats.period, in milliseconds'),
    apdex: new Renamed('stats.apdexTarget, in milliseconds'),
  },
  health: { path, probes: PROBE_TABLE, worker: new Renamed('health.probes') },
  management: MANAGEMENT_TABLE,
  lifecycle: new Switch({
    signals: listOf(signal, 'signals such as SIGTERM; no process can handle SIGKILL and SIGSTOP'),
    drainDelay: milliseconds,
    deadline: milliseconds,
  }),
  sinks: listOf(sink, 'sinks: objects with a name and a method write(record)'),
  destinations,
}

/**
 * Checks the options, completes them from the environment and the defaults, in this order of precedence.
 *
 * @throws {TypeError} one sentence that names the option or variable, its value, and what is allowed
 */
export function settingsFrom(options: SightlineOptions, env: NodeJS.ProcessEnv): Settings {
  checkOptions(options, TABLE, 'option')
  const { log = {}, metrics = {}, stats = {}, health = {} } = options
  const buckets = metrics.buckets ?? DURATION_BUCKETS
  const named =
    options.service ??
    fromEnv(env, 'SIGHTLINE_SERVICE', text) ??
    // A standard variable that says nothing is as good as none.
    (env.OTEL_SERVICE_NAME?.trim() || undefined)
  const version = options.version ?? fromEnv(env, 'SIGHTLINE_VERSION', text)
  // Files are looked for only where something is missing.
  const own = named === undefined || version === undefined ? ownPackage(env) : undefined
  const healthPath = health.path ?? fromEnv(env, 'SIGHTLINE_HEALTH_PATH', path) ?? '/health'
  return {
    service: named ?? own?.name ?? 'unknown_service:node',
    version: version ?? own?.version,
    trust:
      options.trust ??
      (fromEnv(env, 'SIGHTLINE_TRUST', oneOf('always', 'never')) as Trust | undefined) ??
      'always',
    requestId: options.requestId,
    route: options.route,
    baggage: options.baggage ?? [],
    sinks: options.sinks ?? [],
    destinations: options.destinations ?? [],
    log: {
      level: log.level ?? fromEnv(env, 'SIGHTLINE_LOG_LEVEL', oneOf(...LEVELS)) ?? 'info',
      pretty: log.pretty ?? flag(env, 'SIGHTLINE_LOG_PRETTY') ?? (log.destination === undefined && isatty(1)),
      layout: layoutFrom(log, env),
      redact: log.redact ?? [],
      quiet: quietFrom(log.debugOnFailure ?? flag(env, 'SIGHTLINE_LOG_DEBUG_ON_FAILURE')),
      caller: log.caller ?? flag(env, 'SIGHTLINE_LOG_CALLER') ?? false,
      access: log.access ?? true,
      ignoredPaths: typeof log.ignore === 'object' ? log.ignore : [],
      ...(log.destination && { destination: log.destination }),
      ...(log.logger && { logger: log.logger }),
      ...(log.event && { event: log.event }),
      ...(typeof log.ignore === 'function' && { ignore: log.ignore }),
      ...(log.levels && { levels: log.levels }),
      ...(log.sample && { sample: log.sample }),
      ...(log.serializers && { serializers: log.serializers }),
      headers: log.headers ?? false,
      bodies: log.bodies ?? false,
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
      host: metrics.host ?? true,
      outbound: metrics.outbound ?? true,
      workers: metrics.workers ?? false,
      registries: metrics.registries ?? [],
    },
    stats: {
      path: stats.path ?? fromEnv(env, 'SIGHTLINE_STATS_PATH', path) ?? '/stats',
      period: stats.period ?? 60_000,
      apdexTarget: stats.apdexTarget ?? 500,
    },
    health: { path: healthPath, probes: probesFrom(health.probes, env, healthPath) },
    management: managementFrom(options.management, env),
    lifecycle: lifecycleFrom(options.lifecycle, env),
  }
}

/** The package of the program; a package manager's word where there is none. */
function ownPackage({ npm_package_name: name, npm_package_version: version }: NodeJS.ProcessEnv) {
  return programPackage() ?? (name === undefined ? undefined : { name, version })
}

function layoutFrom({ layout, logger }: LogOptions, env: NodeJS.ProcessEnv): LayoutName {
  const fromVariable = fromEnv(env, 'SIGHTLINE_LOG_LAYOUT', oneOf(...LAYOUTS)) as LayoutName | undefined
  if (layout !== undefined && logger !== undefined)
    throw new TypeError(
      `Sightline: option log.layout is ${shown(layout)}, but the layout of option log.logger is the application's own: leave one of them out`,
    )
  return layout ?? fromVariable ?? 'sightline'
}

function quietFrom(option: LogOptions['debugOnFailure']): QuietSettings | undefined {
  if (option === undefined || option === false) return undefined
  const { lines = 100, bytes = 65_536, keepSlow = Number.POSITIVE_INFINITY } = option === true ? {} : option
  return { lines, bytes, slowMs: keepSlow }
}

/** Variables by which test runners can be told: what ends a run of tests is theirs to say. */
const TEST_RUNNERS = ['JEST_WORKER_ID', 'VITEST', 'NODE_TEST_CONTEXT']

function lifecycleFrom(option: SightlineOptions['lifecycle'], env: NodeJS.ProcessEnv): LifecycleSettings {
  const { signals = ['SIGTERM', 'SIGINT'], ...times } = typeof option === 'object' ? option : {}
  const drainDelay = times.drainDelay ?? number(env, 'SIGHTLINE_DRAIN_DELAY', milliseconds) ?? 0
  const deadline = times.deadline ?? number(env, 'SIGHTLINE_SHUTDOWN_DEADLINE', milliseconds) ?? 10_000
  if (drainDelay >= deadline) {
    throw new TypeError(
      `Sightline: lifecycle.drainDelay is ${drainDelay} ms, but must be below lifecycle.deadline, which is ${deadline} ms: the deadline covers the delay`,
    )
  }
  const asked = typeof option === 'boolean' ? option : flag(env, 'SIGHTLINE_LIFECYCLE')
  const underTest = env.NODE_ENV === 'test' || TEST_RUNNERS.some((variable) => env[variable] !== undefined)
  const byDefault = underTest ? 'never' : 'served'
  return {
    mode: asked === undefined ? byDefault : asked === false ? 'never' : 'always',
    watches: !underTest || asked === true,
    signals,
    drainDelay,
    deadline,
  }
}
