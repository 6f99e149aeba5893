import { createBatchEncoder, createMetricEncoder, type MetricFamily } from '@sightline/otlp'

import type { Body, Timeline } from './body.ts'
import { Random } from './random.ts'
import { backends, edges, type Instance, SCOPE } from './services.ts'

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const HOUR_MS = 3_600_000
const SENDERS = [...edges, ...backends]

/** The size of an export: points of each of `families` counters and gauges for each of `routes`, and a histogram of each route. */
export interface ExportSize {
  readonly families: number
  readonly routes: number
}

/** 500 points. */
export const LARGE_EXPORT: ExportSize = { families: 24, routes: 20 }
/** 100 points. */
export const SMALL_EXPORT: ExportSize = { families: 9, routes: 10 }

/** A counter, not a gauge. */
const isCounter = (metric: number) => metric % 5 < 3

/** One series for each point of the content has one of these names, which the hub gives them. */
export const POINT_NAMES: readonly string[] = [
  ...Array.from(
    { length: LARGE_EXPORT.families },
    (_, metric) => `shop_number_${metric}${isCounter(metric) ? '_total' : ''}`,
  ),
  'http_server_request_duration_seconds_count',
]

/** The processes that send metrics in turn. */
export const METRIC_SENDERS = SENDERS.length

/**
 * Creates export requests of metrics: request `n` is that of process `n % METRIC_SENDERS`. Requests are made in their order, since counters
 * go on.
 */
export function createMetricBodies(timeline: Timeline, size: ExportSize): (index: number) => Body {
  const processes = SENDERS.map((sender, number) => metricsOf(sender, number, timeline, size))
  return (index) => {
    const exported = processes[index % SENDERS.length]
    if (exported === undefined) throw new RangeError(`There is no process ${index}.`)
    return exported(timeline.from + Math.floor(index / SENDERS.length) * timeline.stepMs)
  }
}

function metricsOf(
  { resource, routes }: Instance,
  number: number,
  { seed, from }: Timeline,
  size: ExportSize,
): (time: number) => Body {
  const random = new Random(seed, number)
  const encode = createMetricEncoder()
  const batch = createBatchEncoder({ signal: 'metrics', resource })
  // The counters began long before the first point, so the hub adds no samples of zero.
  const startTime = from - HOUR_MS
  const used = routes.slice(0, size.routes)
  const attributes = used.map((route) => ({
    'http.route': route,
    'http.request.method': 'GET',
    'http.response.status_code': 200,
  }))
  const rates = used.map((_, index) => 200 / (index + 1) ** 1.5)
  const numbers = Array.from({ length: size.families }, () => used.map(() => 0))
  const histograms = used.map(() => ({ sum: 0, bucketCounts: [...BOUNDS, Infinity].map(() => 0) }))

  function numberFamily(values: number[], metric: number): MetricFamily {
    values.forEach((value, route) => {
      const grown = random.next() * (rates[route] ?? 0)
      const changed = isCounter(metric) ? value + Math.floor(grown) : value * 0.9 + grown
      // Half of the gauges count something, such as bytes or connections.
      values[route] = metric % 5 === 3 ? Math.round(changed) : changed
    })
    return {
      type: isCounter(metric) ? 'counter' : 'gauge',
      name: `shop.number.${metric}`,
      description: 'Something that is counted',
      unit: '{thing}',
      startTime,
      points: values.map((value, route) => ({ attributes: attributes[route] ?? {}, value })),
    }
  }

  function durations(): MetricFamily {
    histograms.forEach((histogram, route) => {
      for (let request = 0; request < (rates[route] ?? 0) / 4; request++) {
        const seconds = 0.003 / (random.next() + 0.0005)
        const bucket = BOUNDS.findIndex((bound) => seconds <= bound)
        const index = bucket < 0 ? BOUNDS.length : bucket
        histogram.sum += seconds
        histogram.bucketCounts[index] = (histogram.bucketCounts[index] ?? 0) + 1
      }
    })
    return {
      type: 'histogram',
      name: 'http.server.request.duration',
      description: 'Duration of requests',
      unit: 's',
      startTime,
      points: histograms.map(({ sum, bucketCounts }, route) => ({
        attributes: attributes[route] ?? {},
        count: bucketCounts.reduce((all, count) => all + count, 0),
        sum,
        bounds: BOUNDS,
        bucketCounts: [...bucketCounts],
      })),
    }
  }

  return (time) => {
    const encoded = [...numbers.map(numberFamily), durations()].flatMap((family) =>
      encode(family, time, SCOPE),
    )
    return {
      body: batch(encoded.map(({ entry }) => entry)).body,
      items: encoded.reduce((sum, { points }) => sum + points, 0),
    }
  }
}
