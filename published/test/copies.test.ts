import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '@sightline/servers'

import { copyOut, publish } from './copy.ts'

const LONG = 240_000

let packages: Awaited<ReturnType<typeof publish>>
let postgres: PostgresServer
let redis: RedisServer
let stores: { readonly DATABASE_URL: string; readonly REDIS_URL: string }

beforeAll(async () => {
  ;[packages, postgres, redis] = await Promise.all([publish(), startPostgres(), startRedis()])
  stores = {
    DATABASE_URL: `postgres://${postgres.user}@${postgres.host}:${postgres.port}/postgres`,
    REDIS_URL: `redis://${redis.host}:${redis.port}`,
  }
}, LONG)

afterAll(async () => {
  await packages[Symbol.asyncDispose]()
  await Promise.all([postgres.stop(), redis.stop()])
}, LONG)

type Copy = Awaited<ReturnType<typeof copyOut>>
type Service = Awaited<ReturnType<Copy['start']>>
const copies = new Map<string, Copy>()

const ORDER = { items: [{ sku: 'siphon', quantity: 1 }], totalCents: 12_390, card: 'card_visa' }

/** Each app with a request that needs no other service. */
const APPS = [
  { app: 'demo-fastify', method: 'GET', path: '/products/siphon', route: '/products/:sku', status: 200 },
  {
    app: 'demo-express',
    method: 'GET',
    path: '/customers/anna/orders',
    route: '/customers/:customerId/orders',
    status: 200,
  },
  { app: 'demo-koa', method: 'GET', path: '/payments/none', route: '/payments/:paymentId', status: 404 },
] as const

afterAll(async () => {
  for (const copy of copies.values()) await copy[Symbol.asyncDispose]()
}, LONG)

describe.each(APPS)('$app, copied to where there is nothing else', ({ app, method, path, route, status }) => {
  let copy: Copy
  beforeAll(async () => {
    copy = await copyOut(app, packages.url)
    copies.set(app, copy)
  }, LONG)

  test(
    'has the packages as they are published, by the versions that its package.json asks for',
    async () => {
      const { dependencies = {} } = JSON.parse(await readFile(join(copy.folder, 'package.json'), 'utf8')) as {
        dependencies?: Record<string, string>
      }
      expect(Object.values(dependencies).filter((range) => !/^\^\d/.test(range))).toEqual([])
      const lock = await readFile(join(copy.folder, 'node_modules/.package-lock.json'), 'utf8')
      const { packages: installed } = JSON.parse(lock) as { packages: Record<string, object> }
      const ours = Object.entries(installed).filter(([place]) => place.includes('@sightline/'))
      expect(ours.length).toBeGreaterThanOrEqual(3)
      // A linked package would be the workspace's own.
      for (const [, entry] of ours)
        expect(entry).toEqual(expect.objectContaining({ integrity: expect.stringMatching(/^sha512-/) }))
    },
    LONG,
  )

  test('is what its types say', () => copy.npm(['run', 'types']), LONG)

  test('passes its own tests', () => copy.npm(['test']), LONG)

  test('passes its own tests with PostgreSQL and Redis', () => copy.npm(['test'], stores), LONG)

  test.each(['in memory', 'in PostgreSQL and Redis'])(
    'starts with npm start and keeps its promises, its data %s',
    async (where) => {
      const service = await copy.start(where === 'in memory' ? {} : stores)
      const ask = (target: string, options?: RequestInit) => fetch(`${service.url}${target}`, options)

      const answer = await ask(path, { method, headers: { 'x-request-id': 'from-a-stranger' } })
      await answer.arrayBuffer()
      expect(answer.status).toBe(status)
      expect(answer.headers.get('x-request-id')).toBe('from-a-stranger')

      for (const [probe, code] of [
        ['live', 200],
        ['ready', 200],
        ['startup', 200],
      ] as const) {
        expect({ probe, code: (await ask(`/health/${probe}`)).status }).toEqual({ probe, code })
      }

      const metrics = await (await ask('/metrics')).text()
      expect(metrics).toContain(
        `http_requests_total{method="${method}",route="${route}",status="${status}"} 1\n`,
      )
      expect(await complaints(metrics)).toBe('')

      expect(await service.stop()).toEqual({ code: 0, signal: null })
      const events = service.lines.filter(({ outcome }) => outcome !== undefined)
      expect(events).toMatchObject([
        { msg: 'request completed', request_id: 'from-a-stranger', method, path, route, status },
      ])
      expect(service.lines.at(-1)).toMatchObject({ msg: 'shutdown has ended' })
    },
    LONG,
  )
})

test(
  'payments are set up by a copy of .env.example, and find their ledger again when they are started again',
  async () => {
    const copy = copies.get('demo-koa') as Copy
    const example = await readFile(join(copy.folder, '.env.example'), 'utf8')
    await writeFile(join(copy.folder, '.env'), example.replace('# DATABASE_PATH', 'DATABASE_PATH'))
    const before = await copy.start()
    const response = await fetch(`${before.url}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ orderId: 'ord_1', amountCents: 100, card: 'card_visa' }),
    })
    const payment = (await response.json()) as { id: string }
    expect(await before.stop()).toEqual({ code: 0, signal: null })

    const after = await copy.start()
    expect(await (await fetch(`${after.url}/payments/${payment.id}`)).json()).toEqual(payment)
    expect(await after.stop()).toEqual({ code: 0, signal: null })
    await rm(join(copy.folder, '.env'))
  },
  LONG,
)

describe('orders and payments, both copies', () => {
  const start = (app: string, variables: Record<string, string>): Promise<Service> =>
    (copies.get(app) as Copy).start({ ...stores, ...variables })

  async function place({ url }: Service, customer: string, order: typeof ORDER) {
    const response = await fetch(`${url}/customers/${customer}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  test(
    'show one order as one trace, with its calls and its statements',
    async () => {
      const collector = await startCollector()
      const telemetry = {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
      }
      const payments = await start('demo-koa', telemetry)
      const orders = await start('demo-express', { ...telemetry, PAYMENTS_URL: payments.url })
      expect(await place(orders, 'anna', ORDER)).toMatchObject({ status: 201 })
      // Pending spans are sent when the services end.
      for (const service of [orders, payments])
        expect(await service.stop()).toEqual({ code: 0, signal: null })
      await collector.stop()

      const [paid] = orders.lines.filter(({ msg }) => msg === 'order paid')
      const trace = collector.spans.filter(({ traceId }) => traceId === paid?.['trace_id'])
      const named = (service: string, name: string) => {
        const span = trace.find((each) => each.service === service && each.name === name)
        if (!span) throw new Error(`no span ${name} of ${service} in ${JSON.stringify(trace)}`)
        return span
      }
      const order = named('orders', 'POST /customers/:customerId/orders')
      const call = named('orders', 'POST')
      const charge = named('payments', 'POST /payments')
      expect([call.parentSpanId, charge.parentSpanId]).toEqual([order.spanId, call.spanId])
      expect(named('orders', 'postgresql insert').parentSpanId).toBe(order.spanId)
      expect(named('payments', 'postgresql insert').parentSpanId).toBe(charge.spanId)
      expect(JSON.stringify(collector.spans)).not.toContain(ORDER.card)
    },
    LONG,
  )

  test(
    'agree that nothing was taken for an order that was given up on',
    async () => {
      const payments = await start('demo-koa', {})
      const orders = await start('demo-express', { PAYMENTS_URL: payments.url })
      const answer = await place(orders, 'slow', { ...ORDER, card: 'card_slow' })
      expect(answer).toMatchObject({ status: 504, body: { error: 'payment_slow' } })
      const response = await fetch(`${orders.url}/customers/slow/orders`)
      expect(await response.json()).toMatchObject({ orders: [{ status: 'unpaid', paymentId: null }] })
      const metrics = await (await fetch(`${payments.url}/metrics`)).text()
      expect(metrics).toContain('shop_captured_euros_total 0\n')
      for (const service of [orders, payments])
        expect(await service.stop()).toEqual({ code: 0, signal: null })
    },
    LONG,
  )

  test(
    'do without a cache that hangs, and take no traffic without a database',
    async () => {
      const orders = await start('demo-express', {})
      const ready = async () => (await fetch(`${orders.url}/health/ready`)).status
      const latest = async () => (await fetch(`${orders.url}/customers/anna/orders`)).status
      try {
        redis.freeze()
        expect(await latest()).toBe(200)
        // Polls, since there is no event. The test's timeout ends a failing poll.
        while ((await (await fetch(`${orders.url}/health/ready`)).text()).includes('"healthy"'))
          await delay(50)
        expect(await ready()).toBe(200)
        postgres.freeze()
        while ((await ready()) !== 503) await delay(50)
        expect((await fetch(`${orders.url}/health/live`)).status).toBe(200)
      } finally {
        postgres.thaw()
        redis.thaw()
      }
      while ((await ready()) !== 200) await delay(50)
      expect(await latest()).toBe(200)
      expect(await orders.stop()).toEqual({ code: 0, signal: null })
    },
    LONG,
  )
})

interface Span {
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
}

interface Export {
  readonly resourceSpans?: ReadonlyArray<{
    readonly resource: {
      readonly attributes: ReadonlyArray<{ key: string; value: { stringValue?: string } }>
    }
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Omit<Span, 'service'>> }>
  }>
}

/** Receives OTLP, and keeps the spans. */
async function startCollector() {
  const spans: Span[] = []
  const server = createServer((req, res) => {
    void json(req).then((body) => {
      for (const { resource, scopeSpans } of (body as Export).resourceSpans ?? []) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))))
      }
      res.setHeader('content-type', 'application/json').end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Problems that Prometheus' own linter finds in metrics. */
function complaints(metrics: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const promtool = execFile('promtool', ['check', 'metrics'], (_error, stdout, stderr) =>
    resolve(stdout + stderr),
  )
  promtool.stdin?.end(metrics)
  return promise
}
