import { errorTypeOf } from '../record/failure.ts'
import { latencyMs } from '../record/latency.ts'
import type { KnownRoute, RequestRecord } from '../seam.ts'
import type { Distribution } from '../series/distribution.ts'
import { type Count, GaugeInstrument, HistogramInstrument, OVERFLOW } from '../series/instruments.ts'
import { labelText } from '../series/labels.ts'
import {
  type RequestMetrics,
  type RequestMetricsOptions,
  SIZE_BUCKETS,
  statusOf,
  UNMATCHED,
} from './request-metrics.ts'

const OVERFLOW_LABELS = {
  http_request_method: OVERFLOW,
  http_route: OVERFLOW,
  http_response_status_code: OVERFLOW,
  error_type: OVERFLOW,
  url_scheme: OVERFLOW,
}

/** The series of one method, route, status, error type and scheme. */
interface Series {
  readonly duration: Distribution
  readonly requestSize: Distribution
  readonly responseSize: Distribution
}

/**
 * The request metrics under OpenTelemetry's stable names:
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export function otelMetrics({ buckets, maxSeries }: RequestMetricsOptions): RequestMetrics {
  const durations = new HistogramInstrument(
    'http_server_request_duration_seconds',
    'Duration of HTTP server requests.',
    maxSeries,
    buckets,
  )
  const active = new GaugeInstrument(
    'http_server_active_requests',
    'Number of active HTTP server requests.',
    maxSeries,
  )
  const requestSizes = new HistogramInstrument(
    'http_server_request_body_size_bytes',
    'Size of HTTP server request bodies.',
    maxSeries,
    SIZE_BUCKETS,
  )
  const responseSizes = new HistogramInstrument(
    'http_server_response_body_size_bytes',
    'Size of HTTP server response bodies.',
    maxSeries,
    SIZE_BUCKETS,
  )
  const streams = new HistogramInstrument(
    'http_stream_duration_seconds',
    'Lifetime of event streams and upgraded connections.',
    maxSeries,
    buckets,
  )
  const instruments = [durations, active, requestSizes, responseSizes, streams]

  const knownRoutes = new Set<string>([UNMATCHED])
  const methods = new Map<string, Map<string, Map<string | number, Series>>>()

  function create(labels: string, known: boolean): Series | undefined {
    const duration = durations.at(labels, known)
    const requestSize = requestSizes.at(labels, known)
    const responseSize = responseSizes.at(labels, known)
    return duration && requestSize && responseSize && { duration, requestSize, responseSize }
  }

  // Created when needed, since most services never reach the limit.
  let overflow: Series | undefined
  const overflowSeries = () => (overflow ??= create(labelText(OVERFLOW_LABELS), true) as Series)

  function seriesOf(
    method: string,
    route: string,
    status: number,
    errorType: string,
    scheme: string,
  ): Series {
    const key = errorType === '' && scheme === 'http' ? status : `${status} ${scheme} ${errorType}`
    const found = methods.get(method)?.get(route)?.get(key)
    if (found) return found
    const labels = {
      http_request_method: method,
      http_route: route,
      http_response_status_code: status,
      error_type: errorType,
      url_scheme: scheme,
    }
    const series = create(labelText(labels), knownRoutes.has(route))
    // The overflow is not cached by label set, since the limit is meant to bound memory.
    if (series === undefined) return overflowSeries()
    const routes = methods.get(method) ?? new Map<string, Map<string | number, Series>>()
    methods.set(method, routes)
    const statuses = routes.get(route) ?? new Map<string | number, Series>()
    routes.set(route, statuses)
    statuses.set(key, series)
    return series
  }

  const progress = new Map<string, Count>()
  function progressOf(method: string, scheme: string): Count {
    const key = `${scheme} ${method}`
    let count = progress.get(key)
    if (count === undefined) {
      count = active.at(labelText({ http_request_method: method, url_scheme: scheme }), true) as Count
      progress.set(key, count)
    }
    return count
  }

  return {
    name: 'metrics',
    begin: (method, scheme) => void progressOf(method, scheme).value++,
    write(record: RequestRecord) {
      const { method, route = UNMATCHED, scheme, trace } = record
      progressOf(method, scheme).value--
      const series = seriesOf(method, route, statusOf(record), errorTypeOf(record), scheme)
      series.duration.observe(latencyMs(record) / 1_000, trace)
      series.requestSize.observe(record.requestBytes, undefined)
      series.responseSize.observe(record.responseBytes, undefined)
      if (record.streamed) {
        const labels = labelText({ http_request_method: method, http_route: route })
        streams.at(labels, knownRoutes.has(route))?.observe(record.durationMs / 1_000, trace)
      }
    },
    know(routes: readonly KnownRoute[]) {
      for (const { method, route } of routes) {
        knownRoutes.add(route)
        seriesOf(method, route, 200, '', 'http')
      }
    },
    families: () => instruments,
    instruments,
  }
}
