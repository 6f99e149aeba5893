import type { ServiceName } from './incident.ts'
import { type KeyValues, keyValues, nanoseconds } from './otlp.ts'

/** A request that has ended. */
export interface Served {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly errorType: string | undefined
  readonly seconds: number
  readonly traceId: string
  readonly spanId: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The metrics of a process, counted from its start. */
export interface Meters {
  served(request: Served): void
  ordered(order: { readonly status: string; readonly euros: number }): void
  /** All metrics at a time, as OTLP has them in JSON. `severity` from 0 to 1 is how much of the pool waits for locks. */
  metrics(at: number, severity: number): readonly object[]
}

/** As OpenTelemetry's conventions advise: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const POOL = 10
const CUMULATIVE = 2

interface Histogram {
  readonly attributes: KeyValues
  readonly buckets: number[]
  sum: number
  /** The newest request of each bucket since the last reading. */
  readonly exemplars: Map<number, Served>
}

/** Creates the metrics of a process. `since` is its start, in milliseconds since 1970. */
export function createMeters(service: ServiceName, since: number): Meters {
  const durations = new Map<string, Histogram>()
  const orders = new Map<string, number>()
  let revenue = 0
  let busySeconds = 0

  function histogramOf({ method, route, status, errorType }: Served): Histogram {
    const key = [method, route, status, errorType].join(' ')
    let histogram = durations.get(key)
    if (histogram === undefined) {
      const attributes = keyValues({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'url.scheme': 'http',
        ...(errorType !== undefined && { 'error.type': errorType }),
      })
      histogram = {
        attributes,
        buckets: Array.from({ length: BOUNDS.length + 1 }, () => 0),
        sum: 0,
        exemplars: new Map(),
      }
      durations.set(key, histogram)
    }
    return histogram
  }

  function histogramPoint({ attributes, buckets, sum, exemplars }: Histogram, at: number): object {
    const point = {
      attributes,
      startTimeUnixNano: nanoseconds(since),
      timeUnixNano: nanoseconds(at),
      count: String(buckets.reduce((count, each) => count + each, 0)),
      sum,
      explicitBounds: BOUNDS,
      bucketCounts: buckets.map(String),
      exemplars: Array.from(exemplars.values(), ({ seconds, traceId, spanId, at: time }) => ({
        timeUnixNano: nanoseconds(time),
        asDouble: seconds,
        traceId,
        spanId,
      })),
    }
    exemplars.clear()
    return point
  }

  return {
    served(request) {
      const histogram = histogramOf(request)
      const found = BOUNDS.findIndex((bound) => request.seconds <= bound)
      const bucket = found === -1 ? BOUNDS.length : found
      histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1
      histogram.sum += request.seconds
      histogram.exemplars.set(bucket, request)
      busySeconds += 0.004
    },
    ordered({ status, euros }) {
      orders.set(status, (orders.get(status) ?? 0) + 1)
      if (status === 'paid') revenue += euros
    },
    metrics(at, severity) {
      const times = { startTimeUnixNano: nanoseconds(since), timeUnixNano: nanoseconds(at) }
      const ageSeconds = (at - since) / 1_000
      const sum = (name: string, unit: string, values: ReadonlyArray<readonly [object, number]>) => ({
        name,
        unit,
        sum: {
          aggregationTemporality: CUMULATIVE,
          isMonotonic: true,
          dataPoints: values.map(([attributes, asDouble]) => ({ attributes, asDouble, ...times })),
        },
      })
      const gauge = (name: string, unit: string, asDouble: number, attributes: KeyValues = []) => ({
        name,
        unit,
        gauge: { dataPoints: [{ attributes, asDouble, ...times }] },
      })
      // A heap grows until it is collected.
      const heap = 48e6 + ((ageSeconds * 220_000) % 30e6)
      const waiting = service === 'payments' ? severity : 0
      const business =
        service === 'orders'
          ? [
              sum(
                'shop.orders',
                '',
                Array.from(orders, ([status, count]) => [keyValues({ status }), count]),
              ),
              sum('shop.revenue.euros', '', [[[], revenue]]),
            ]
          : []
      return [
        {
          name: 'http.server.request.duration',
          unit: 's',
          histogram: {
            aggregationTemporality: CUMULATIVE,
            dataPoints: Array.from(durations.values(), (histogram) => histogramPoint(histogram, at)),
          },
        },
        sum('process.cpu.time', 's', [[[], 0.9 + busySeconds + ageSeconds * 0.012]]),
        gauge('process.memory.usage', 'By', heap + 52e6),
        gauge('nodejs_heap_size_used', 'By', heap),
        gauge('nodejs.eventloop.delay.p99', 's', 0.011 + 0.004 * Math.abs(Math.sin(ageSeconds / 40))),
        gauge('nodejs.eventloop.utilization', '1', 0.06 + 0.03 * Math.abs(Math.sin(ageSeconds / 90))),
        gauge('db.client.connection.max', '{connection}', POOL),
        gauge(
          'db.client.connection.count',
          '{connection}',
          Math.round(2 + waiting * (POOL - 2)),
          keyValues({ 'db.client.connection.state': 'used' }),
        ),
        gauge('db.client.connection.pending_requests', '{request}', Math.round(waiting * 14)),
        ...business,
      ]
    },
  }
}
