import { createBatchEncoder, createSpanEncoder, type FinishedSpan } from '@sightline/otlp'

import type { Body, Timeline } from './body.ts'
import { Random } from './random.ts'
import { backends, edges, type Instance, SCOPE } from './services.ts'

/** Spans of a trace: a request to an edge, its call of a backend, that backend's request, and its query. */
export const SPANS_OF_TRACE = 4
const FAILED = 0.005
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const STACK = [
  'Error: the stock of this item is used up',
  '    at reserve (file:///srv/app/src/stock/reserve.ts:112:11)',
  '    at async placeOrder (file:///srv/app/src/orders/place-order.ts:54:5)',
  '    at async handler (file:///srv/app/src/routes/orders.ts:31:10)',
].join('\n')

/** The id of the trace with this number. */
export function traceIdOf(seed: number, trace: number): string {
  return new Random(seed, trace).hex(32)
}

/**
 * Creates export requests of spans. Those of one trace come from two services, so requests come in pairs: `2n` from an edge, `2n + 1` from
 * the backend that it calls.
 *
 * @param items Spans of a request: an even number
 */
export function createSpanBodies({ seed, from, stepMs }: Timeline, items: number): (index: number) => Body {
  const encode = createSpanEncoder()
  const batches = new Map<Instance, ReturnType<typeof createBatchEncoder>>()
  const traces = items / 2

  return (index) => {
    const pair = Math.floor(index / 2)
    const [edge, backend] = [instance(edges, pair), instance(backends, pair)]
    const sender = index % 2 === 0 ? edge : backend
    const entries: Uint8Array[] = []
    for (let trace = pair * traces; trace < (pair + 1) * traces; trace++) {
      const all = spansOf({ seed, trace, start: from + trace * stepMs, edge, backend })
      for (const span of index % 2 === 0 ? all.slice(0, 2) : all.slice(2)) entries.push(encode(span, SCOPE))
    }
    let batch = batches.get(sender)
    if (batch === undefined)
      batches.set(sender, (batch = createBatchEncoder({ signal: 'traces', resource: sender.resource })))
    return { body: batch(entries).body, items: entries.length }
  }
}

export function instance(list: readonly Instance[], number: number): Instance {
  const found = list[number % list.length]
  if (found === undefined) throw new RangeError('There is no service.')
  return found
}

interface Trace {
  readonly seed: number
  readonly trace: number
  readonly start: number
  readonly edge: Instance
  readonly backend: Instance
}

/** The spans of a trace: two of the edge, two of the backend. Each has 10 attributes. */
function spansOf({ seed, trace, start, edge, backend }: Trace): FinishedSpan[] {
  const random = new Random(seed, trace)
  const traceId = random.hex(32)
  const ids = Array.from({ length: SPANS_OF_TRACE }, () => random.hex(16))
  const [route, path] = [random.one(edge.routes), random.one(backend.routes)]
  const key = random.hex(8)
  const method = random.one(['GET', 'GET', 'GET', 'POST', 'PUT'])
  const duration = 2 + 40 * random.next() ** 4 * 10
  const isFailed = random.next() < FAILED
  const status = isFailed ? 500 : 200
  const client = `10.0.${random.below(256)}.${random.below(256)}`
  const server = (of: string, at: string): FinishedSpan['attributes'] => ({
    'http.request.method': method,
    'http.route': at,
    'http.response.status_code': status,
    'url.path': at.replace(':id', key),
    'url.scheme': 'https',
    'server.address': `${of}.example.com`,
    'server.port': 443,
    'client.address': client,
    'user_agent.original': AGENT,
    'request.id': random.hex(32),
  })
  const at = (index: number) => ({
    traceId,
    spanId: ids[index] ?? '',
    traceFlags: 1,
    startTime: start + index * 0.25,
    endTime: start + duration - index * 0.25,
  })
  return [
    { ...at(0), name: `${method} ${route}`, kind: 'server', attributes: server(edge.service, route) },
    {
      ...at(1),
      parentSpanId: ids[0],
      name: method,
      kind: 'client',
      attributes: {
        'http.request.method': method,
        'http.response.status_code': status,
        'url.full': `http://${backend.service}:3000${path.replace(':id', key)}`,
        'server.address': backend.service,
        'server.port': 3000,
        'network.peer.address': '10.0.0.7',
        'network.peer.port': 3000,
        'network.protocol.version': '1.1',
        'service.peer.name': backend.service,
        'request.id': random.hex(32),
      },
    },
    {
      ...at(2),
      parentSpanId: ids[1],
      parentIsRemote: true,
      name: `${method} ${path}`,
      kind: 'server',
      attributes: server(backend.service, path),
      ...(isFailed && {
        status: { code: 'error', message: 'the stock of this item is used up' },
        events: [
          {
            name: 'exception',
            time: start + 1,
            attributes: {
              'exception.type': 'Error',
              'exception.message': 'the stock of this item is used up',
              'exception.stacktrace': STACK,
            },
          },
        ],
      }),
    },
    {
      ...at(3),
      parentSpanId: ids[2],
      name: 'SELECT items',
      kind: 'client',
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': backend.service,
        'db.collection.name': 'items',
        'db.operation.name': 'SELECT',
        'db.query.text': 'SELECT id, name, price FROM items WHERE id = $1 AND deleted_at IS NULL',
        'db.response.returned_rows': random.below(20),
        'server.address': 'db.example.com',
        'server.port': 5432,
        'network.peer.address': '10.0.0.9',
        'db.query.parameter.1': key,
      },
    },
  ]
}
