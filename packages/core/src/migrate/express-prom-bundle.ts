import { UNMATCHED } from '../metrics/request-metrics.ts'
import type { DurationNaming, LabelSource, RequestLabels } from '../options/duration-naming.ts'
import type { MetricsOptions } from '../options/options.ts'
import type { ClientRegistry } from '../options/rules.ts'
import {
  ascending,
  checkOptions,
  leftOut,
  objectWith,
  oneOf,
  type Table,
  text,
  yesOrNo,
} from '../requirements/requirements.ts'
import type { RequestRecord } from '../seam.ts'

/**
 * The options of `express-prom-bundle` 8 that have a counterpart here. Functions get the record of the ended request,
 * in place of Express' request and response.
 */
export interface ExpressPromBundleOptions {
  /** Whether the label `status_code` has a value. Default: true. */
  readonly includeStatusCode?: boolean
  readonly includeMethod?: boolean
  readonly includePath?: boolean
  /** Additional labels, with default values. `transformLabels` can set other values. */
  readonly customLabels?: Readonly<Record<string, string | number | null | undefined>>
  readonly transformLabels?: (labels: RequestLabels, record: RequestRecord) => void
  /** Replacements for the path of a route, or a function for the path of a request. */
  readonly normalizePath?:
    | ReadonlyArray<readonly [string | RegExp, string]>
    | ((record: RequestRecord) => string)
  /** The placeholder for values in paths. Default: `#val`. */
  readonly urlPathReplacement?: string
  readonly formatStatusCode?: (record: RequestRecord) => number | string
  readonly metricType?: 'histogram' | 'summary'
  readonly httpDurationMetricName?: string
  readonly buckets?: readonly number[]
  readonly percentiles?: readonly number[]
  readonly maxAgeSeconds?: number
  readonly ageBuckets?: number
  readonly excludeRoutes?: ReadonlyArray<string | RegExp>
  readonly bypass?:
    | ((record: RequestRecord) => boolean)
    | { readonly onFinish?: (record: RequestRecord) => boolean }
  readonly metricsPath?: string
  /** `false`: there is no endpoint for scrapes. */
  readonly autoregister?: boolean
  /** The registry of your own metrics: prom-client's `register`, unless you set another one. */
  readonly promRegistry?: ClientRegistry
  /** Not needed: Prometheus creates `up` itself. */
  readonly includeUp?: boolean
  /** Not needed: process metrics are always included, under the same names. */
  readonly promClient?: { readonly collectDefaultMetrics?: Readonly<Record<string, never>> }
}

const BUCKETS: readonly number[] = [0.003, 0.03, 0.1, 0.3, 1.5, 10]
const PERCENTILES: readonly number[] = [0.5, 0.75, 0.95, 0.98, 0.99, 0.999]

/** Path segments that the package treats as values: numbers, dates, UUIDs, hexadecimal codes, JWTs, long base64. */
const VALUES: readonly RegExp[] = [
  /^-?\d+$/,
  /^(?:\d\d|\d{4})-\d\d-\d\d$/,
  /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/,
  /^[\dA-F]{8}(?:-[\dA-F]{4}){3}-[\dA-F]{12}$/,
  /^[\da-f]{7,}$/,
  /^[\dA-F]{7,}$/,
  /^[\w-]{18,}\.[\w-]{3,}\.[\w-]{39,}$/,
  /^[\w-]{66,}$/,
]

const anything = () => undefined

const TABLE: Table = {
  includeStatusCode: yesOrNo,
  includeMethod: yesOrNo,
  includePath: yesOrNo,
  customLabels: objectWith('an object of labels'),
  transformLabels: anything,
  normalizePath: anything,
  urlPathReplacement: text,
  formatStatusCode: anything,
  metricType: oneOf('histogram', 'summary'),
  httpDurationMetricName: text,
  buckets: ascending,
  percentiles: anything,
  maxAgeSeconds: anything,
  ageBuckets: anything,
  excludeRoutes: anything,
  bypass: (value) =>
    typeof value === 'object' && value !== null && 'onRequest' in value
      ? 'a function of the record, or { onFinish }: whether a request is counted is settled when it has ended'
      : undefined,
  metricsPath: text,
  autoregister: yesOrNo,
  promRegistry: objectWith('a registry', 'getMetricsAsJSON'),
  includeUp: yesOrNo,
  promClient: {
    collectDefaultMetrics: (value) =>
      Object.keys(value ?? {}).length > 0
        ? 'left out or {}: where their names have a prefix, go on to call collectDefaultMetrics with it yourself'
        : undefined,
  },
  metricsApp: leftOut('management.port opens a port for scrapes'),
  pruneAgedBuckets: leftOut('label sets are bounded by metrics.maxSeries'),
  urlValueParser: leftOut('the route says which parts of a path are values'),
}

/**
 * Converts the options of `express-prom-bundle` to Sightline's options for metrics, with the same name, labels and
 * buckets.
 *
 * @example
 * app.use(sightline({ metrics: fromExpressPromBundle({ includeMethod: true, includePath: true, promRegistry: register }) }))
 * @throws {TypeError} if an option has no counterpart: one sentence with an alternative
 */
export function fromExpressPromBundle(options: ExpressPromBundleOptions): MetricsOptions {
  checkOptions(options, TABLE, 'fromExpressPromBundle')
  const { metricsPath, autoregister = true, promRegistry } = options
  return {
    naming: namingOf(options),
    ...(metricsPath !== undefined && { path: metricsPath }),
    ...(!autoregister && { path: false }),
    ...(promRegistry && { registries: [promRegistry] }),
  }
}

function namingOf(options: ExpressPromBundleOptions): DurationNaming {
  const {
    metricType = 'histogram',
    httpDurationMetricName: name = 'http_request_duration_seconds',
    buckets = BUCKETS,
    percentiles = PERCENTILES,
    maxAgeSeconds,
    ageBuckets,
    transformLabels: transform,
  } = options
  const labels = labelsOf(options)
  const help = `duration ${metricType} of http responses labeled with: ${Object.keys(labels).join(', ')}`
  const age = {
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
    ...(ageBuckets !== undefined && { ageBuckets }),
  }
  return {
    ...(metricType === 'histogram'
      ? { histogram: { name, help, buckets } }
      : { summary: { name, help, percentiles, ...age } }),
    labels,
    ...(transform && { transform }),
    counts: countsOf(options),
    stable: isStable(options),
  }
}

/** Whether the labels depend only on the method, the route and the status. */
function isStable(options: ExpressPromBundleOptions): boolean {
  const { transformLabels, normalizePath = [], formatStatusCode, bypass, excludeRoutes = [] } = options
  const isAsked = transformLabels ?? formatStatusCode ?? bypass
  const hasOwnPaths = typeof normalizePath === 'function' || normalizePath.length > 0
  return isAsked === undefined && !hasOwnPaths && excludeRoutes.length === 0
}

function labelsOf(options: ExpressPromBundleOptions): Record<string, LabelSource> {
  const {
    includeStatusCode = true,
    includeMethod = false,
    includePath = false,
    formatStatusCode,
    customLabels = {},
  } = options
  const labels: Record<string, LabelSource> = {
    status_code: includeStatusCode ? (formatStatusCode ?? 'status') : () => undefined,
  }
  if (includeMethod) labels.method = 'method'
  if (includePath) labels.path = pathLabel(options)
  for (const [name, value] of Object.entries(customLabels)) labels[name] = () => value ?? undefined
  return labels
}

/** The route with its parameters replaced. The package does the same with a URL whose values it recognises. */
function pathLabel({
  normalizePath = [],
  urlPathReplacement = '#val',
}: ExpressPromBundleOptions): LabelSource {
  if (typeof normalizePath === 'function') return normalizePath
  const rules = normalizePath.map(([pattern, replacement]) => [new RegExp(pattern), replacement] as const)
  const replaced = (path: string) => rules.reduce((so, [pattern, by]) => so.replace(pattern, by), path)
  const shapes = new Map<string, { readonly shape: string; readonly own: ReadonlySet<string> }>()
  const shapeOf = (route: string) => {
    const segments = withoutParameters(route, urlPathReplacement)
    return { shape: replaced(segments.join('/')), own: new Set(segments) }
  }
  return ({ route, path }) => {
    if (route === undefined) return UNMATCHED
    const known = shapes.get(route) ?? shapeOf(route)
    shapes.set(route, known)
    if (rules.length === 0) return known.shape
    // A rule may match the values themselves.
    const ofPath = replaced(path)
    if (ofPath === path) return known.shape
    const values = new Set(path.split('/').filter((segment) => !known.own.has(segment)))
    return withoutValues(ofPath, values, urlPathReplacement)
  }
}

/** The segments of `/orders/:id` as `/orders/#val`. */
function withoutParameters(route: string, replacement: string): string[] {
  return route
    .split('/')
    .map((segment) => (/[:*]/.test(segment) ? replacement : segment.replace(/[{}]/g, '')))
}

/** The path after the rules, without values that the rules have left in it or have cut. */
function withoutValues(path: string, values: ReadonlySet<string>, replacement: string): string {
  const isValue = (segment: string) => values.has(segment) || VALUES.some((value) => value.test(segment))
  const segments = path.split('/').filter((segment) => segment !== '')
  return `/${segments.map((segment) => (isValue(segment) ? replacement : segment)).join('/')}`
}

function countsOf({
  excludeRoutes = [],
  bypass,
}: ExpressPromBundleOptions): (record: RequestRecord) => boolean {
  const bypasses = typeof bypass === 'function' ? bypass : bypass?.onFinish
  return (record) =>
    !excludeRoutes.some((each) =>
      typeof each === 'string' ? each === record.path : record.path.search(each) >= 0,
    ) && bypasses?.(record) !== true
}
