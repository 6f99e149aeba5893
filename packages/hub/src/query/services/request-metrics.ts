import { parseSelector } from '@sightline/promql'

import type { TaskContext } from '../tasks/task.ts'
import { finite, oneOf, quantiles, quote, type Sample, trends, vector } from './vectors.ts'

/** A set of metrics that count the requests of services. */
export interface RequestMetrics {
  /** A counter of requests. */
  readonly count: string
  /** The name of the histogram of durations in seconds, without `_bucket`. */
  readonly duration: string
  /** Matchers for the requests that a service has served. */
  readonly served: string
  /** The label that tells a failed request, and the regular expression of its values. */
  readonly failed: { readonly label: string; readonly values: string }
  readonly route: string
  /** Missing where requests have no method. */
  readonly method: string | undefined
  /** The figures are computed from spans, of which a part may be missing because of sampling. */
  readonly estimated: boolean
}

/** In the order of preference: own metrics of the service are exact, spans may be sampled. */
const REQUEST_METRICS: readonly RequestMetrics[] = [
  // Those of the kit over OTLP: its histogram of durations does not tell how requests ended.
  {
    count: 'http_server_requests_total',
    duration: 'http_server_request_duration_seconds',
    served: '',
    failed: { label: 'http_response_status_code', values: '5..' },
    route: 'http_route',
    method: 'http_request_method',
    estimated: false,
  },
  {
    count: 'http_server_request_duration_seconds_count',
    duration: 'http_server_request_duration_seconds',
    served: '',
    failed: { label: 'http_response_status_code', values: '5..' },
    route: 'http_route',
    method: 'http_request_method',
    estimated: false,
  },
  {
    count: 'http_requests_total',
    duration: 'http_request_duration_seconds',
    served: '',
    failed: { label: 'status', values: '5..' },
    route: 'route',
    method: 'method',
    estimated: false,
  },
  {
    count: 'traces_spanmetrics_calls_total',
    duration: 'traces_spanmetrics_duration_seconds',
    served: 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"',
    failed: { label: 'status_code', values: 'STATUS_CODE_ERROR' },
    route: 'span_name',
    method: undefined,
    estimated: true,
  },
]

/** Figures of the requests of one service or one route. Rates are per second, durations in seconds. */
export interface RequestFigures {
  readonly rate: number
  /** Failed requests per second. */
  readonly errors: number
  /** Share of failed requests, 0 to 1. `null` without requests. */
  readonly errorRatio: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** The jobs that each set of metrics is used for: the first that has series of the job between two times in milliseconds. */
export async function metricsByJob(
  { reader, signal }: TaskContext,
  jobs: readonly string[],
  { start, end }: { readonly start: number; readonly end: number },
): Promise<ReadonlyMap<RequestMetrics, readonly string[]>> {
  const used = new Map<RequestMetrics, readonly string[]>()
  let rest = jobs
  for (const metrics of REQUEST_METRICS) {
    if (rest.length === 0) break
    const matchers = parseSelector(selectorOf(metrics.count, metrics, rest))
    const counted = new Set(await reader.labelValues('job', [{ matchers, start, end, signal }]))
    const mine = rest.filter((job) => counted.has(job))
    if (mine.length > 0) used.set(metrics, mine)
    rest = rest.filter((job) => !counted.has(job))
  }
  return used
}

/** Figures by some labels, such as `job`. */
export async function figures(
  context: TaskContext,
  metrics: RequestMetrics,
  jobs: readonly string[],
  { by, time, window }: { readonly by: readonly string[]; readonly time: number; readonly window: string },
): Promise<readonly { readonly labels: Sample['labels']; readonly figures: RequestFigures }[]> {
  const rate = (name: string, labels: readonly string[]) =>
    `sum by (${labels.join(', ')}) (rate(${selectorOf(name, metrics, jobs)}[${window}]))`
  const { failed } = metrics
  const counts = await vector(context, rate(metrics.count, [...by, failed.label]), time)
  const buckets = await vector(context, rate(`${metrics.duration}_bucket`, [...by, 'le']), time)
  const isFailure = new RegExp(`^(?:${failed.values})$`)
  const totals = new Map<string, { labels: Sample['labels']; rate: number; errors: number }>()
  for (const {
    labels: { [failed.label]: outcome = '', ...labels },
    value,
  } of counts) {
    const key = keyOf(labels, by)
    const total = totals.get(key) ?? { labels, rate: 0, errors: 0 }
    total.rate += value
    if (isFailure.test(outcome)) total.errors += value
    totals.set(key, total)
  }
  const [p50, p95, p99] = quantiles(buckets, [0.5, 0.95, 0.99]).map(
    (samples) => new Map(samples.map(({ labels, value }) => [keyOf(labels, by), value])),
  )
  return [...totals].map(([key, total]) => ({
    labels: total.labels,
    figures: {
      rate: total.rate,
      errors: total.errors,
      errorRatio: total.rate > 0 ? total.errors / total.rate : null,
      p50: finite(p50?.get(key)),
      p95: finite(p95?.get(key)),
      p99: finite(p99?.get(key)),
    },
  }))
}

/** Seconds that requests took per second, by labels. */
export function timeSpent(
  context: TaskContext,
  metrics: RequestMetrics,
  jobs: readonly string[],
  { by, time, window }: { readonly by: readonly string[]; readonly time: number; readonly window: string },
): Promise<readonly Sample[]> {
  const selector = selectorOf(`${metrics.duration}_sum`, metrics, jobs)
  return vector(context, `sum by (${by.join(', ')}) (rate(${selector}[${window}]))`, time)
}

/** The rate of requests of each job, at equal steps. */
export async function rateTrends(
  context: TaskContext,
  metrics: RequestMetrics,
  jobs: readonly string[],
  steps: { readonly end: number; readonly step: number; readonly count: number },
): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  // A shorter window could lie between two samples.
  const window = Math.max(steps.step, 60_000)
  const query = `sum by (job) (rate(${selectorOf(metrics.count, metrics, jobs)}[${window}ms]))`
  const found = await trends(context, query, steps)
  return new Map(found.map(({ labels, values }) => [labels['job'] ?? '', values]))
}

/** A selector of a metric of some jobs, with braces. */
export function selectorOf(name: string, { served }: RequestMetrics, jobs: readonly string[]): string {
  const [job] = jobs
  const matcher = jobs.length === 1 && job !== undefined ? `job=${quote(job)}` : `job=~${oneOf(jobs)}`
  return `${name}{${served === '' ? matcher : `${served}, ${matcher}`}}`
}

/** Labels as a key, whatever their order. */
export function keyOf(labels: Sample['labels'], by: readonly string[]): string {
  return by.map((name) => labels[name] ?? '').join('\u0000')
}
