import { AssertionError } from 'node:assert'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { afterEach, describe, expect, it } from '@jest/globals'
import { trace } from '@opentelemetry/api'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { sightline } from '@sightline/express'
import fastifySightline from '@sightline/fastify'
import express from 'express'
import Fastify from 'fastify'

import { captureLogs, telemetry } from '../src/index.ts'
import { shops } from './shops.ts'

afterEach(() => trace.disable())

describe.each(shops)('on %s', (_name, build) => {
  it('tells the record, lines, spans and metrics that a request emits', async () => {
    await using shop = await telemetry(await build(captureLogs()))
    const { response, emission } = await shop.request('/orders/7')

    expect(await response.json()).toEqual({ id: '7' })
    emission.assert({
      record: { route: '/orders/:id', status: 200, outcome: 'completed' },
      lines: [
        { msg: 'order found', order: '7', request_id: emission.record.id },
        { msg: 'request completed', duration_ms: expect.any(Number) },
      ],
      spans: [
        { name: 'find order', kind: 'internal', parentId: emission.record.trace.spanId },
        { name: 'GET /orders/:id', kind: 'server', traceId: emission.record.trace.traceId },
      ],
      metrics: { 'http_requests_total{method="GET",route="/orders/:id",status="200"}': 1 },
    })
    expect(emission.event).toMatchObject({ route: '/orders/:id', status: 200 })
    expect(emission.lines).toHaveLength(2)
    expect(emission.spans).toHaveLength(2)
    await shop.assertNoSecrets('told to the log')
  })

  it('tells the requests apart that come one after the other', async () => {
    await using shop = await telemetry(await build(captureLogs()))
    await shop.request('/orders/7')
    const { emission } = await shop.request('/fails')
    emission.assert({
      record: { route: '/fails', status: 500 },
      lines: [{ level: 'error', msg: 'request failed', err: { message: /^out of/ } }],
      spans: [{ status: 'error' }],
    })
    expect(emission.records).toHaveLength(1)
    expect(shop.records).toHaveLength(2)
  })

  it('can be used again with the same application', async () => {
    const app = await build(captureLogs())
    for (const id of ['1', '2']) {
      await using shop = await telemetry(app)
      const { emission } = await shop.request(`/orders/${id}`)
      emission.assert({ record: { path: `/orders/${id}` }, spans: [{ name: 'find order' }] })
    }
  })

  it('knows the answers of Sightline itself, which are no requests', async () => {
    await using shop = await telemetry(await build(captureLogs()))
    const { response, emission } = await shop.request('/health/live')
    expect(response.status).toBe(200)
    expect(emission.records).toEqual([])
    expect(() => emission.record).toThrow(new AssertionError({ message: '0 requests have ended, not one' }))
  })

  it('says what came out where it is not what was expected', async () => {
    await using shop = await telemetry(await build(captureLogs()))
    const { emission } = await shop.request('/orders/7')
    const wrong: Array<[Parameters<typeof emission.assert>[0], RegExp]> = [
      [{ record: { status: 404 } }, /^the record is not as expected/],
      [{ lines: [{ msg: 'request completed' }, { msg: 'order found' }] }, /^the log lines are not/],
      [{ spans: [{ name: 'find customer' }] }, /^the spans are not as expected/],
      [{ metrics: { orders_total: 1 } }, /^the changes of the metrics are not as expected/],
    ]
    for (const [expected, sentence] of wrong) {
      expect(() => emission.assert(expected)).toThrow(AssertionError)
      expect(() => emission.assert(expected)).toThrow(sentence)
    }
  })
})

describe('the search for secrets', () => {
  function leaky(handler: express.RequestHandler) {
    const app = express()
    app.use(sightline({ log: { destination: captureLogs(), pretty: false, redact: false } }))
    app.use(express.json())
    app.post('/leak', handler)
    return telemetry(app)
  }

  it.each([
    ['a header', { headers: { authorization: 'Bearer abcdef-123' } }, 'abcdef-123'],
    ['a cookie', { headers: { cookie: 'sid=cookie-value' } }, 'cookie-value'],
    [
      'a field of the body',
      {
        body: JSON.stringify({ user: { password: 'hunter22' } }),
        headers: { 'content-type': 'application/json' },
      },
      'hunter22',
    ],
  ])('knows what %s of a request has brought along', async (_what, init, secret) => {
    await using shop = await leaky((req, res) => {
      req.log.info({ note: `said ${secret}` }, 'careless')
      res.end()
    })
    await shop.request('/leak', { method: 'POST', ...init })
    await expect(shop.assertNoSecrets()).rejects.toThrow(`a log line shows "${secret}": …said ${secret}`)
  })

  it('knows secrets by their names and their shapes', async () => {
    await using byName = await leaky((req, res) => {
      req.log.info({ apiKey: 'k-1' }, 'careless')
      res.end()
    })
    await byName.request('/leak', { method: 'POST' })
    await expect(byName.assertNoSecrets()).rejects.toThrow('a log line shows a field called apiKey')
    await using byShape = await leaky((req, res) => {
      req.log.info('asking postgres://shop:s3cret@db/shop')
      res.end()
    })
    await byShape.request('/leak', { method: 'POST' })
    await expect(byShape.assertNoSecrets()).rejects.toThrow('something with the shape of a secret')
  })

  /** Without access events only its records tell how the requests of an application went. */
  function untold() {
    const app = express()
    app.use(sightline({ log: { destination: captureLogs(), pretty: false, access: false } }))
    app.get('/throws/:what', (req) => {
      throw new Error(`login with ${req.params.what} failed`)
    })
    return telemetry(app)
  }

  it.each([
    ['the path', '/users/mallory-3', {}],
    ['the user agent', '/', { 'user-agent': 'client of mallory-3' }],
    ['the error', '/throws/mallory%2D3', {}],
  ])('looks at all of a record: %s', async (_what, path, headers) => {
    await using shop = await untold()
    await shop.request(path, { headers })
    await expect(shop.assertNoSecrets('mallory-3')).rejects.toThrow('a record shows "mallory-3"')
  })

  it('takes a record as it is printed', async () => {
    await using shop = await untold()
    await shop.request('/throws/password=hunter22')
    expect(shop.records[0]?.error).toMatchObject({ message: 'login with password=[redacted] failed' })
    await shop.assertNoSecrets('hunter22')
  })

  it('looks at metrics and spans as well', async () => {
    await using labelled = await leaky((req, res) => {
      req.sightline.metrics
        .counter({ name: 'logins_total', help: 'Logins.', labels: ['user'] })
        .inc({ user: 'mallory-1' })
      res.end()
    })
    await labelled.request('/leak', { method: 'POST' })
    await expect(labelled.assertNoSecrets('mallory-1')).rejects.toThrow('a metric shows "mallory-1"')
    await using traced = await leaky((req, res) => {
      req.sightline.trace('careless', (span) => span.set({ user: 'mallory-2' }))
      res.end()
    })
    await traced.request('/leak', { method: 'POST' })
    await expect(traced.assertNoSecrets('mallory-2')).rejects.toThrow('a span shows "mallory-2"')
  })
})

describe('what makes the requests', () => {
  it('may be Fastify’s inject', async () => {
    const app = Fastify()
    await app.register(fastifySightline, { log: { destination: captureLogs() } })
    app.get('/', async () => 'hello')
    await using shop = await telemetry(app)
    const { result, emission } = await shop.watch(() => app.inject('/'))
    expect(result.body).toBe('hello')
    emission.assert({ record: { route: '/', status: 200 }, lines: [{ msg: 'request completed' }] })
  })

  it('may be a server that listens already, which stays open', async () => {
    const app = express()
    const own = sightline({ log: { destination: captureLogs() } })
    app.use(own)
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const shop = await telemetry(server, own)
    const { response } = await shop.request('/none')
    expect(new URL(response.url).port).toBe(String((server.address() as AddressInfo).port))
    await shop.close()
    expect(server.listening).toBe(true)
    server.close()
  })

  it('may leave before the answer has ended: the request is waited for, and named where it never ends', async () => {
    const app = Fastify({ forceCloseConnections: true })
    await app.register(fastifySightline, { log: { destination: captureLogs() } })
    app.get('/stream', (_request, reply) => {
      reply.hijack()
      reply.raw.write('begun')
    })
    await using shop = await telemetry(app, { deadline: 50 })
    let response: Response | undefined
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    await expect(
      shop.watch(async () => {
        response = await fetch(`${base}/stream`)
      }),
    ).rejects.toThrow('1 requests have not ended within 50 ms')
    const { emission } = await shop.watch(() => response?.body?.cancel())
    emission.assert({ record: { route: '/stream', outcome: 'aborted' } })
    await app.close()
  })
})

it('says so where an application is not observed', async () => {
  await expect(telemetry(express())).rejects.toThrow('this application is not observed')
})

it('says so where spans are asked for that go elsewhere', async () => {
  trace.setGlobalTracerProvider(new TracerProvider())
  const [[, build] = []] = shops
  if (!build) throw new Error('there is no shop')
  await using shop = await telemetry(await build(captureLogs()))
  const { emission } = await shop.request('/orders/7')
  emission.assert({ record: { status: 200 } })
  expect(() => emission.spans).toThrow('a tracer provider of its own')
})
