import { statusOf } from '../metrics/request-metrics.ts'
import type {
  DurationHistogram,
  DurationNaming,
  DurationSummary,
  LabelSource,
} from '../options/duration-naming.ts'
import type { MetricsOptions } from '../options/options.ts'
import type { ClientRegistry } from '../options/rules.ts'
import { checkOptions, leftOut, objectWith, type Table, text, yesOrNo } from '../requirements/requirements.ts'
import type { RequestRecord } from '../seam.ts'

/**
 * The options of `fastify-metrics` 14 that have a counterpart here. Functions get the record of the ended request, in
 * place of Fastify's request and reply.
 */
export interface FastifyMetricsOptions {
  /** The path of the scrape. `null`: there is none. */
  readonly endpoint?: string | null
  readonly defaultMetrics?: { readonly enabled?: boolean }
  readonly routeMetrics?: FastifyRouteMetrics
  /** Not needed: Sightline never registers a metric twice. */
  readonly clearRegisterOnInit?: boolean
  /**
   * The client whose global registry has your own metrics. The registry of `@prometheus-io/client` is always included.
   */
  readonly promClient?: { readonly register: ClientRegistry } | null
}

export interface FastifyRouteMetrics {
  readonly enabled?: boolean | { readonly histogram?: boolean; readonly summary?: boolean }
  /** Whether requests without a matched route are excluded. Default: true. */
  readonly registeredRoutesOnly?: boolean
  /** Whether the status label is `2xx` instead of `201`. */
  readonly groupStatusCodes?: boolean
  readonly routeBlacklist?: ReadonlyArray<string | RegExp>
  /** Default: HEAD, OPTIONS, TRACE, CONNECT. */
  readonly methodBlacklist?: readonly string[]
  /** The route label of requests without a matched route. Default: `__unknown__`. */
  readonly invalidRouteGroup?: string
  readonly customLabels?: Readonly<Record<string, string | ((record: RequestRecord) => string)>>
  readonly overrides?: {
    readonly labels?: {
      readonly getRouteLabel?: (record: RequestRecord) => string
      readonly method?: string
      readonly route?: string
      readonly status?: string
    }
    readonly histogram?: Partial<DurationHistogram> & Registered
    readonly summary?: Partial<DurationSummary> & Registered
  }
}

interface Registered {
  readonly registers?: readonly ClientRegistry[]
}

/** The defaults of the Prometheus clients. */
const BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const UNCOUNTED_METHODS: readonly string[] = ['HEAD', 'OPTIONS', 'TRACE', 'CONNECT']

const anything = () => undefined
const ownCall = 'call collectDefaultMetrics with it yourself, and name its registry in metrics.registries'

const TABLE: Table = {
  endpoint: (value) =>
    value === null ? undefined : text(value) && 'a path, or null: management.port opens a port for scrapes',
  defaultMetrics: {
    enabled: yesOrNo,
    register: leftOut(ownCall),
    prefix: leftOut(ownCall),
    labels: leftOut(ownCall),
    gcDurationBuckets: leftOut(ownCall),
    eventLoopMonitoringPrecision: leftOut(ownCall),
  },
  routeMetrics: {
    enabled: anything,
    registeredRoutesOnly: yesOrNo,
    groupStatusCodes: yesOrNo,
    routeBlacklist: anything,
    methodBlacklist: anything,
    invalidRouteGroup: text,
    customLabels: objectWith('an object of labels'),
    overrides: objectWith('an object'),
  },
  clearRegisterOnInit: yesOrNo,
  promClient: (value) => (value === null ? undefined : objectWith('a Prometheus client')(value)),
  name: leftOut('what the application holds is app.sightline.metrics'),
}

/**
 * Converts the options of `fastify-metrics` to Sightline's options for metrics, with the same names, labels, buckets
 * and percentiles.
 *
 * @example
 * await app.register(sightline, { metrics: fromFastifyMetrics({ endpoint: '/metrics' }) })
 * @throws {TypeError} if an option has no counterpart: one sentence with an alternative
 */
export function fromFastifyMetrics(options: FastifyMetricsOptions = {}): MetricsOptions {
  checkOptions(options, TABLE, 'fromFastifyMetrics')
  const { endpoint, defaultMetrics = {}, routeMetrics = {}, promClient } = options
  const { histogram, summary } = routeMetrics.overrides ?? {}
  const registries = [
    ...(promClient ? [promClient.register] : []),
    ...(histogram?.registers ?? []),
    ...(summary?.registers ?? []),
  ]
  const naming = namingOf(routeMetrics)
  return {
    ...(endpoint !== undefined && { path: endpoint ?? false }),
    ...(defaultMetrics.enabled === false && { runtime: false }),
    ...(naming && { naming }),
    ...(registries.length > 0 && { registries }),
  }
}

/** `undefined`: the options disable the metrics of routes. */
function namingOf(routeMetrics: FastifyRouteMetrics): DurationNaming | undefined {
  const { enabled = true, overrides = {} } = routeMetrics
  const { histogram = true, summary = true } =
    typeof enabled === 'object' ? enabled : { histogram: enabled, summary: enabled }
  if (!histogram && !summary) return undefined
  const { registers: _histograms, ...histogramOverrides } = overrides.histogram ?? {}
  const { registers: _summaries, ...summaryOverrides } = overrides.summary ?? {}
  return {
    ...(histogram && {
      histogram: {
        name: 'http_request_duration_seconds',
        help: 'request duration in seconds',
        buckets: BUCKETS,
        ...histogramOverrides,
      },
    }),
    ...(summary && {
      summary: {
        name: 'http_request_summary_seconds',
        help: 'request duration in seconds summary',
        ...summaryOverrides,
      },
    }),
    labels: labelsOf(routeMetrics),
    counts: countsOf(routeMetrics),
    stable: isStable(routeMetrics),
  }
}

/** Whether the labels depend only on the method, the route and the status. */
function isStable(routeMetrics: FastifyRouteMetrics): boolean {
  const { customLabels = {}, overrides, registeredRoutesOnly = true, routeBlacklist = [] } = routeMetrics
  return (
    overrides?.labels?.getRouteLabel === undefined &&
    Object.values(customLabels).every((value) => typeof value === 'string') &&
    // Without a route, the list is compared with the path.
    (registeredRoutesOnly || routeBlacklist.length === 0)
  )
}

function labelsOf(routeMetrics: FastifyRouteMetrics): Record<string, LabelSource> {
  const { invalidRouteGroup = '__unknown__', groupStatusCodes = false, customLabels = {} } = routeMetrics
  const {
    method = 'method',
    route = 'route',
    status = 'status_code',
    getRouteLabel = (record: RequestRecord) => record.route ?? invalidRouteGroup,
  } = routeMetrics.overrides?.labels ?? {}
  const labels: Record<string, LabelSource> = {
    [method]: 'method',
    [route]: getRouteLabel,
    [status]: groupStatusCodes ? (record) => `${Math.floor(statusOf(record) / 100)}xx` : 'status',
  }
  for (const [name, value] of Object.entries(customLabels))
    labels[name] = typeof value === 'function' ? value : () => value
  return labels
}

function countsOf(routeMetrics: FastifyRouteMetrics): (record: RequestRecord) => boolean {
  const {
    registeredRoutesOnly = true,
    routeBlacklist = [],
    methodBlacklist = UNCOUNTED_METHODS,
  } = routeMetrics
  const uncounted = new Set(methodBlacklist.map((method) => method.toUpperCase()))
  return ({ method, route, path }) => {
    if (uncounted.has(method) || (registeredRoutesOnly && route === undefined)) return false
    const of = route ?? path
    return !routeBlacklist.some((each) => (typeof each === 'string' ? each === of : of.search(each) >= 0))
  }
}
