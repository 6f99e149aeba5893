import type { Api } from '../api/api.ts'
import { type Labels, queryAt } from '../api/series.ts'
import { quoted } from './together.ts'

/** A set of metrics that count the requests of a service: the same that the hub's API chooses from. */
export interface RequestMetrics {
  readonly count: string
  /** The histogram of durations in seconds, without `_bucket`. */
  readonly duration: string
  /** Matchers of requests that the service has served. */
  readonly served: string
  /** The matcher of failed ones. */
  readonly failed: string
  readonly route: string
  /** Missing where requests have no method. */
  readonly method?: string
}

/** In the order of preference: own metrics of a service are exact, spans may be sampled. */
const METRICS: readonly RequestMetrics[] = [
  // Those of the kit over OTLP: its histogram of durations does not tell how requests ended.
  {
    count: 'http_server_requests_total',
    duration: 'http_server_request_duration_seconds',
    served: '',
    failed: 'http_response_status_code=~"5.."',
    route: 'http_route',
    method: 'http_request_method',
  },
  {
    count: 'http_server_request_duration_seconds_count',
    duration: 'http_server_request_duration_seconds',
    served: '',
    failed: 'http_response_status_code=~"5.."',
    route: 'http_route',
    method: 'http_request_method',
  },
  {
    count: 'http_requests_total',
    duration: 'http_request_duration_seconds',
    served: '',
    failed: 'status=~"5.."',
    route: 'route',
    method: 'method',
  },
  {
    count: 'traces_spanmetrics_calls_total',
    duration: 'traces_spanmetrics_duration_seconds',
    served: 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"',
    failed: 'status_code="STATUS_CODE_ERROR"',
    route: 'span_name',
  },
]

/** The metrics of a service, and the bounds of the buckets of its histogram. */
export interface Source extends RequestMetrics {
  /** The label `le` of each bucket, ascending, without `+Inf`. */
  readonly bounds: readonly string[]
}

/** Finds which metrics a service has in a range of time that ends at `to`. */
export async function sourceOf(
  api: Api,
  service: string,
  { from, to }: { readonly from: number; readonly to: number },
  signal?: AbortSignal,
): Promise<Source | null> {
  const range = `[${Math.max(300, Math.ceil((to - from) / 1_000))}s]`
  const names = METRICS.map(({ count }) => count).join('|')
  const found = await queryAt(
    api,
    `count by (__name__) (last_over_time({__name__=~"${names}", job=${quoted(service)}}${range}))`,
    to,
    signal,
  )
  const counted = new Set(found.map(({ labels }) => labels['__name__']))
  const metrics = METRICS.find(({ count }) => counted.has(count))
  if (metrics === undefined) return null
  const bucket = `${metrics.duration}_bucket{${matchers(metrics, service)}}`
  const buckets = await queryAt(api, `count by (le) (last_over_time(${bucket}${range}))`, to, signal)
  const bounds = buckets.flatMap(({ labels: { le } }) => (le === undefined || le === '+Inf' ? [] : [le]))
  return { ...metrics, bounds: bounds.toSorted((a, b) => Number(a) - Number(b)) }
}

const matchers = ({ served }: RequestMetrics, service: string, ...more: readonly string[]) =>
  [`job=${quoted(service)}`, served, ...more].filter(Boolean).join(', ')

/** Expressions for the requests of a service. Rates are per second and over `window`, durations are seconds. */
export interface RequestQueries {
  rate(by?: readonly string[]): string
  errorRatio(by?: readonly string[]): string
  quantile(q: number, by?: readonly string[]): string
  /** Share of the time that all requests took. */
  share(by: readonly string[]): string
  /**
   * Apdex: requests within the target, and half of those within four times the target, as a share. Counts between two bounds of the histogram
   * are interpolated. `undefined` if the histogram does not reach far enough.
   */
  apdex(target: number, by: readonly string[]): string | undefined
  /** Seconds that requests took, per second. */
  readonly time: string
  /** The selector of the buckets, for exemplars. */
  readonly buckets: string
}

/** Creates the expressions. `window` is a duration such as `120s`. */
export function requestQueries(source: Source, service: string, window: string): RequestQueries {
  const grouped = (by: readonly string[], metric: string, ...more: readonly string[]) =>
    `sum by (${by.join(', ')}) (rate(${metric}{${matchers(source, service, ...more)}}[${window}]))`
  const count = (by: readonly string[]) => grouped(by, source.count)
  const bucket = `${source.duration}_bucket`
  const time = grouped([], `${source.duration}_sum`)

  function within(seconds: number, by: readonly string[]): string | undefined {
    const above = source.bounds.findIndex((bound) => Number(bound) >= seconds)
    const [low, high] = [source.bounds[above - 1], source.bounds[above]]
    if (high === undefined) return undefined
    const at = (le: string) => grouped(by, bucket, `le=${quoted(le)}`)
    if (Number(high) === seconds || low === undefined) return at(high)
    const part = (seconds - Number(low)) / (Number(high) - Number(low))
    return `(${at(low)} * ${1 - part} + ${at(high)} * ${part})`
  }

  return {
    rate: (by = []) => count(by),
    // Where nothing has failed yet there may be no series of failures.
    errorRatio: (by = []) =>
      `(${grouped(by, source.count, source.failed)} or ${count(by)} * 0) / ${count(by)}`,
    quantile: (q, by = []) => `histogram_quantile(${q}, ${grouped([...by, 'le'], bucket)})`,
    share: (by) => `${grouped(by, `${source.duration}_sum`)} / scalar(${time})`,
    time,
    apdex(target, by) {
      const [satisfied, tolerated] = [within(target, by), within(4 * target, by)]
      if (satisfied === undefined || tolerated === undefined) return undefined
      return `(${satisfied} + ${tolerated}) / 2 / ${count(by)}`
    },
    buckets: `${bucket}{${matchers(source, service)}}`,
  }
}

/** The labels of a route, in the order of its method and its pattern. */
export const routeLabels = ({ method, route }: RequestMetrics): readonly string[] =>
  method === undefined ? [route] : [method, route]

/** A route as text, as the API names it. */
export function routeKey(labels: Labels, { method, route }: RequestMetrics): string {
  return keyOf(method === undefined ? '' : (labels[method] ?? ''), labels[route] ?? '')
}

/** The key of a route of the API. */
export const keyOf = (method: string, route: string): string => `${method} ${route}`
