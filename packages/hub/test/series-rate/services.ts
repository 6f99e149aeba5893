import { createBatchEncoder, createMetricEncoder, type MetricFamily } from '@sightline/otlp'

const SCOPE = { name: '@sightline/core', version: '1.2.3' }
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const ROUTES = Array.from({ length: 20 }, (_, index) => `/api/v1/resource-${index}/:id`)

/** A request with the metrics of a service. */
interface Export {
  readonly body: Uint8Array
  readonly points: number
}

/** A service whose metrics go on from export to export: counters, gauges, and the durations of requests by route. */
export interface Service {
  export(time: number): Export
}

/** A sequence of numbers from 0 to 1 that is always the same. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

/** A service with 680 series of counters, gauges and a histogram of 20 routes, of which some are hardly used. */
export function service(number: number, start: number): Service {
  const random = seeded(number + 1)
  const encoder = createMetricEncoder({ encoding: 'protobuf' })
  const batch = createBatchEncoder({
    signal: 'metrics',
    encoding: 'protobuf',
    resource: {
      'service.name': `service-${number}`,
      'service.version': '4.5.6',
      'service.instance.id': `8f0c7a52-3a52-44a5-b5f3-${String(number).padStart(12, '0')}`,
      'host.name': `host-${number % 5}`,
    },
  })
  const attributes = ROUTES.map((route) => ({
    'http.route': route,
    'http.request.method': 'GET',
    'http.response.status_code': 200,
  }))
  const rates = ROUTES.map((_, index) => 200 / (index + 1) ** 1.5)
  const numbers = Array.from({ length: 20 }, () => ROUTES.map(() => 0))
  const histograms = ROUTES.map(() => ({ sum: 0, counts: [...BOUNDS, Infinity].map(() => 0) }))

  return {
    export(time) {
      const families: MetricFamily[] = numbers.map((values, metric) => {
        const isCounter = metric % 5 < 3
        values.forEach((value, route) => {
          const rate = rates[route] ?? 0
          const changed = isCounter ? value + Math.floor(random() * rate) : value * 0.9 + random() * rate
          // Of the gauges, half count something, such as bytes or connections.
          values[route] = metric % 5 === 3 ? Math.round(changed) : changed
        })
        return {
          type: isCounter ? 'counter' : 'gauge',
          name: `shop.number.${metric}`,
          description: 'Something that is counted',
          unit: '{thing}',
          startTime: start,
          points: values.map((value, route) => ({ attributes: attributes[route] ?? {}, value })),
        }
      })
      histograms.forEach((histogram, route) => {
        for (let request = 0; request < (rates[route] ?? 0); request++) {
          const seconds = 0.003 / (random() + 0.0005)
          histogram.sum += seconds
          const bucket = BOUNDS.findIndex((bound) => seconds <= bound)
          const place = bucket === -1 ? BOUNDS.length : bucket
          histogram.counts[place] = (histogram.counts[place] ?? 0) + 1
        }
      })
      families.push({
        type: 'histogram',
        name: 'http.server.request.duration',
        description: 'Durations of requests',
        unit: 's',
        startTime: start,
        points: histograms.map(({ sum, counts }, route) => ({
          attributes: attributes[route] ?? {},
          count: counts.reduce((all, one) => all + one, 0),
          sum,
          bounds: BOUNDS,
          bucketCounts: [...counts],
        })),
      })
      const entries = families.flatMap((family) => encoder(family, time, SCOPE))
      return {
        body: batch(entries.map(({ entry }) => entry)).body,
        points: entries.reduce((sum, { points }) => sum + points, 0),
      }
    },
  }
}
