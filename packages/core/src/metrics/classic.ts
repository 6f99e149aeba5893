import { latencyMs } from '../record/latency.ts'
import type { KnownRoute, RequestRecord } from '../seam.ts'
import type { Distribution } from '../series/distribution.ts'
import {
  type Count,
  CounterInstrument,
  GaugeInstrument,
  HistogramInstrument,
  OVERFLOW,
} from '../series/instruments.ts'
import { labelText } from '../series/labels.ts'
import {
  type RequestMetrics,
  type RequestMetricsOptions,
  SIZE_BUCKETS,
  statusOf,
  UNMATCHED,
} from './request-metrics.ts'

interface StatusCount {
  readonly status: number
  readonly count: Count
}

interface RouteSeries {
  readonly labels: { method: string; route: string }
  readonly known: boolean
  readonly duration: Distribution
  readonly requestSize: Distribution
  readonly responseSize: Distribution
  /** A short list. It takes a third of a map's memory. */
  readonly statuses: StatusCount[]
}

/** The request metrics under the names that are usual in Prometheus, such as `http_requests_total`. */
export function classicMetrics({ buckets, maxSeries }: RequestMetricsOptions): RequestMetrics {
  const requests = new CounterInstrument(
    'http_requests_total',
    'Requests answered, aborted or broken off.',
    maxSeries,
  )
  const durations = new HistogramInstrument(
    'http_request_duration_seconds',
    'Time from the arrival of a request to the end of its response, or to the first byte of a stream.',
    maxSeries,
    buckets,
  )
  const inProgress = new GaugeInstrument(
    'http_requests_in_progress',
    'Requests that have not ended yet.',
    maxSeries,
  )
  const requestSizes = new HistogramInstrument(
    'http_request_size_bytes',
    'Size of request bodies.',
    maxSeries,
    SIZE_BUCKETS,
  )
  const responseSizes = new HistogramInstrument(
    'http_response_size_bytes',
    'Size of response bodies.',
    maxSeries,
    SIZE_BUCKETS,
  )
  const aborted = new CounterInstrument(
    'http_requests_aborted_total',
    'Requests whose client went away first.',
    maxSeries,
  )
  const streams = new HistogramInstrument(
    'http_stream_duration_seconds',
    'Lifetime of event streams and upgraded connections.',
    maxSeries,
    buckets,
  )
  const instruments = [requests, durations, inProgress, requestSizes, responseSizes, aborted, streams]

  const methods = new Map<string, Map<string, RouteSeries>>()

  function create(method: string, route: string, known: boolean): RouteSeries | undefined {
    const labels = { method, route }
    const text = labelText(labels)
    const duration = durations.at(text, known)
    const requestSize = requestSizes.at(text, known)
    const responseSize = responseSizes.at(text, known)
    if (!duration || !requestSize || !responseSize) return undefined
    return { labels, known, duration, requestSize, responseSize, statuses: [] }
  }

  // Created when needed, since most services never reach the limit.
  let overflow: RouteSeries | undefined
  const overflowSeries = () => (overflow ??= create(OVERFLOW, OVERFLOW, true) as RouteSeries)

  function seriesOf(method: string, route: string, known: boolean): RouteSeries {
    let routes = methods.get(method)
    if (routes === undefined) {
      routes = new Map()
      methods.set(method, routes)
    }
    let series = routes.get(route)
    if (series === undefined) {
      series = create(method, route, known)
      if (series === undefined) return overflowSeries()
      routes.set(route, series)
    }
    return series
  }

  function countOf(series: RouteSeries, status: number): Count {
    for (const each of series.statuses) if (each.status === status) return each.count
    const count = requests.at(labelText({ ...series.labels, status }), series.known)
    if (count === undefined) return countOf(overflowSeries(), status)
    series.statuses.push({ status, count })
    return count
  }

  const progressOf = (method: string) => inProgress.at(labelText({ method }), true) as Count
  const progress = new Map<string, Count>()

  return {
    name: 'metrics',
    begin(method) {
      let count = progress.get(method)
      if (count === undefined) {
        count = progressOf(method)
        progress.set(method, count)
      }
      count.value++
    },
    write(record: RequestRecord) {
      const count = progress.get(record.method)
      if (count) count.value--
      const series = seriesOf(record.method, record.route ?? UNMATCHED, record.route === undefined)
      countOf(series, statusOf(record)).value++
      series.duration.observe(latencyMs(record) / 1_000, record.trace)
      series.requestSize.observe(record.requestBytes, undefined)
      series.responseSize.observe(record.responseBytes, undefined)
      if (record.streamed)
        streams.at(labelText(series.labels), series.known)?.observe(record.durationMs / 1_000, record.trace)
      if (record.outcome === 'aborted') {
        const abortedHere = aborted.at(labelText(series.labels), series.known)
        if (abortedHere) abortedHere.value++
      }
    },
    know(routes: readonly KnownRoute[]) {
      for (const { method, route } of routes) {
        const series = seriesOf(method, route, true)
        // Created at 0. A counter that first appears with its first error has no increase, so an alert would miss that
        // error.
        countOf(series, 200)
        countOf(series, 500)
        aborted.at(labelText(series.labels), true)
      }
    },
    families: () => instruments,
    instruments,
  }
}
