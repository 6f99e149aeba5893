import { randomBytes } from 'node:crypto'

import type { LogRow, SpanRow } from '../store/columns.ts'

const ROUTES = [
  '/users/:id',
  '/orders/:id',
  '/orders',
  '/cart',
  '/checkout',
  '/items/:sku',
  '/search',
  '/health',
]

const resources = Array.from({ length: 5 }, (_, n) => ({
  attributes: {
    'service.name': `service-${n}`,
    'service.instance.id': `4e0d8a60-0000-4000-8000-00000000000${n}`,
    'service.version': `1.2.${n}`,
    'telemetry.sdk.language': 'nodejs',
    'host.name': `ip-10-0-0-${n}`,
    'process.pid': 1000 + n,
  },
  droppedAttributes: 0,
  schemaUrl: '',
}))
const scope = {
  name: '@opentelemetry/instrumentation-http',
  version: '0.57.0',
  attributes: {},
  droppedAttributes: 0,
  schemaUrl: '',
}

const below = (limit: number) => Math.floor(Math.random() * limit)
const pathOf = (route: string) => route.replace(/:\w+/, String(below(100_000)))
const resourceOf = (batch: number) => resources[batch % resources.length] ?? scope

/** Spans of requests that make four queries each, with 10 attributes a span. `time` in nanoseconds. */
export function newSpans(count: number, time: bigint, batch: number): SpanRow[] {
  const spans: SpanRow[] = []
  let [traceId, parentSpanId] = ['', '']
  for (let n = 0; n < count; n++) {
    const isRoot = n % 5 === 0
    if (isRoot) traceId = randomBytes(16).toString('hex')
    const spanId = randomBytes(8).toString('hex')
    const route = ROUTES[below(ROUTES.length)] ?? ''
    const start = time + BigInt(n * 100_000 + below(100_000))
    const failed = Math.random() < 0.02
    spans.push({
      traceId,
      spanId,
      parentSpanId: isRoot ? '' : parentSpanId,
      name: isRoot ? `GET ${route}` : 'SELECT shop',
      kind: isRoot ? 2 : 3,
      start,
      end: start + BigInt(below(50_000_000)),
      statusCode: failed ? 2 : 0,
      flags: 257,
      attributes: isRoot ? requestOf(route, failed) : queryOf(route),
      resource: resourceOf(batch),
      scope,
    })
    if (isRoot) parentSpanId = spanId
  }
  return spans
}

const requestOf = (route: string, failed: boolean) => ({
  'http.request.method': 'GET',
  'http.route': route,
  'http.response.status_code': failed ? 500 : 200,
  'url.path': pathOf(route),
  'url.scheme': 'http',
  'server.address': 'api.example.com',
  'server.port': 8080,
  'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  'network.protocol.version': '1.1',
  'client.address': `10.1.${below(256)}.${below(256)}`,
})

const queryOf = (route: string) => ({
  'db.system.name': 'postgresql',
  'db.namespace': 'shop',
  'db.operation.name': 'SELECT',
  'db.query.text': `SELECT * FROM shop WHERE id = $1 /* ${route} */`,
  'db.collection.name': 'shop',
  'server.address': 'db.internal',
  'server.port': 5432,
  'network.peer.address': '10.0.0.5',
  'thread.id': 1,
  'db.response.returned_rows': below(100),
})

/** Log records of requests, with 10 attributes, three of them different in each. `time` in nanoseconds. */
export function newLogs(count: number, time: bigint, batch: number): LogRow[] {
  return Array.from({ length: count }, (_, n) => {
    const route = ROUTES[below(ROUTES.length)] ?? ''
    return {
      time: time + BigInt(n) * 1_000_000n,
      severity: Math.random() < 0.02 ? 17 : 9,
      severityText: 'info',
      body: `GET ${pathOf(route)} 200 in ${below(100)} ms for user ${below(100_000)}`,
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      flags: 1,
      attributes: {
        method: 'GET',
        route,
        status: 200,
        duration_ms: Math.random() * 100,
        request_id: randomBytes(16).toString('hex'),
        host: 'api.example.com',
        env: 'production',
        logger: 'access',
        component: 'http',
        'user.id': below(100_000),
      },
      resource: resourceOf(batch),
      scope,
    }
  })
}
