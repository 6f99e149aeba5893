import { createBatchEncoder } from '../../src/batch.ts'
import { createLogEncoder } from '../../src/logs.ts'
import { createMetricEncoder } from '../../src/metrics.ts'
import { createSpanEncoder } from '../../src/spans.ts'
import type { Encoding } from '../../src/writer.ts'
import { seeded } from '../entries.ts'

/** Number of different bodies of a signal: enough that a reader does not read the same values all the time. */
const BODIES = 50
const ITEMS = 512
const NOW = 1_700_000_000_000
const SCOPE = { name: '@sightline/core', version: '1.2.3' }
const RESOURCE = {
  'service.name': 'orders',
  'service.version': '4.5.6',
  'service.instance.id': '8f0c7a52-3a52-44a5-b5f3-8d6f6f5ad6a1',
  'host.name': 'orders-7d9f8b5c4-x2x7k',
  'process.pid': 7,
}
const ROUTES = Array.from({ length: 40 }, (_, index) => `/api/v1/resource-${index}/:id`)
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const

/** A request and the number of its items. */
export interface Body {
  readonly body: Uint8Array
  readonly items: number
}

/** Requests of each signal, as services send them. */
export function bodiesOf(encoding: Encoding): Record<'spans' | 'logs' | 'metrics', Body[]> {
  const random = seeded(7)
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  const one = <T>(list: readonly T[]): T => {
    const item = list[Math.floor(random() * list.length)]
    if (item === undefined) throw new RangeError('The list is empty.')
    return item
  }
  const span = createSpanEncoder({ encoding })
  const log = createLogEncoder({ encoding })
  const metric = createMetricEncoder({ encoding })
  const traces = createBatchEncoder({ signal: 'traces', encoding, resource: RESOURCE })
  const logs = createBatchEncoder({ signal: 'logs', encoding, resource: RESOURCE })
  const metrics = createBatchEncoder({ signal: 'metrics', encoding, resource: RESOURCE })

  /** A server's span with 10 attributes, of which 3 have values that are seldom repeated. */
  function oneSpan(): Uint8Array {
    const startTime = NOW + random() * 1e6
    const route = one(ROUTES)
    return span(
      {
        traceId: hex(32),
        spanId: hex(16),
        parentSpanId: hex(16),
        traceFlags: 1,
        name: `GET ${route}`,
        kind: 'server',
        startTime,
        endTime: startTime + random() * 100,
        attributes: {
          'http.request.method': one(METHODS),
          'http.route': route,
          'http.response.status_code': 200,
          'url.path': `/api/v1/resource-7/${hex(8)}`,
          'url.scheme': 'https',
          'server.address': 'orders.example.com',
          'server.port': 443,
          'client.address': `10.0.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`,
          'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
          'request.id': hex(32),
        },
      },
      SCOPE,
    )
  }

  /** A line with a text of its own and 5 attributes. */
  function oneLog(): Uint8Array {
    return log(
      {
        time: NOW + random() * 1e6,
        observedTime: NOW,
        severityNumber: 9,
        severityText: 'info',
        body: `request completed for customer ${hex(8)} in ${Math.floor(random() * 1e4)} ms`,
        attributes: {
          'http.route': one(ROUTES),
          'http.request.method': one(METHODS),
          'http.response.status_code': 200,
          'request.id': hex(32),
          duration: random() * 100,
        },
        traceId: hex(32),
        spanId: hex(16),
        traceFlags: 1,
      },
      SCOPE,
    )
  }

  /** An export of a service: 20 counters and gauges, and a histogram, of 40 routes with 3 attributes each. */
  function oneExport(): Body {
    let items = 0
    const attributesOf = (route: string): Record<string, string | number> => ({
      'http.route': route,
      'http.request.method': 'GET',
      'http.response.status_code': 200,
    })
    const entries = Array.from({ length: 20 }, (_, index) => {
      const head = {
        name: `metric.number.${index}`,
        description: 'Something that is counted',
        unit: '{thing}',
      }
      const points = ROUTES.map((route) => ({ attributes: attributesOf(route), value: random() * 1e6 }))
      items += points.length
      const type = index % 2 === 0 ? 'counter' : 'gauge'
      return metric({ ...head, type, startTime: NOW, points }, NOW + 1_000, SCOPE)
    })
    const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    const points = ROUTES.map((route) => ({
      attributes: attributesOf(route),
      count: 120,
      sum: 12.5,
      bounds,
      bucketCounts: Array.from({ length: 12 }, () => 10),
    }))
    items += points.length
    const name = 'http.server.request.duration'
    entries.push(
      metric(
        { name, description: 'Duration', unit: 's', type: 'histogram', startTime: NOW, points },
        NOW + 1_000,
        SCOPE,
      ),
    )
    return { body: metrics(entries.flat().map(({ entry }) => entry)).body, items }
  }

  const many = (make: () => Uint8Array): Uint8Array[] => Array.from({ length: ITEMS }, make)
  const repeat = (make: () => Body): Body[] => Array.from({ length: BODIES }, make)
  return {
    spans: repeat(() => ({ body: traces(many(oneSpan)).body, items: ITEMS })),
    logs: repeat(() => ({ body: logs(many(oneLog)).body, items: ITEMS })),
    metrics: repeat(oneExport),
  }
}
