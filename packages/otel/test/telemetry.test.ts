import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ProxyTracerProvider, SpanStatusCode, trace as traceApi } from '@opentelemetry/api'
import { attributesOf, type Message, type OtlpSink, startSink } from '@sightline/servers/otlp'

import { startTelemetry, type Telemetry, type TelemetryOptions } from '../src/index.ts'
import { type Service, startService } from './service.ts'

let sink: OtlpSink
let telemetry: Telemetry | undefined
let service: Service | undefined

beforeEach(async () => {
  sink = await startSink()
})
afterEach(async () => {
  await service?.close()
  await telemetry?.close(200)
  service = telemetry = undefined
  expect(sink.faults).toEqual([])
  await sink.close()
})

function start(options: TelemetryOptions = {}): Telemetry {
  telemetry = startTelemetry({ endpoint: sink.url, outbound: false, quiet: true, ...options })
  return telemetry
}

const entries = (signal: 'traces' | 'metrics' | 'logs') => sink.taken(signal).map(({ entry }) => entry)
const pointsOf = (family: Message | undefined, type: string): Message[] => family?.[type].dataPoints ?? []
const names = () => entries('traces').map(({ name }) => name as string)

describe.each(['http/protobuf', 'http/json'] as const)('over %s', (protocol) => {
  it('sends the spans, metrics and log lines of a request, told apart by one resource', async () => {
    const { flush } = start({ protocol, resource: { 'deployment.environment.name': 'test' } })
    service = await startService(async (_req, _res, { log, trace }) => {
      log.info({ order: 7 }, 'looking')
      await trace('look up', async (span) => span.set({ rows: 1 }))
    })
    await (await fetch(`${service.url}/orders/7?page=1`, { headers: { 'x-request-id': 'r1' } })).text()
    expect(await flush()).toBe(true)

    const [own, server] = entries('traces')
    expect([own?.name, server?.name]).toEqual(['look up', 'GET /orders/:id'])
    expect(own).toMatchObject({ traceId: server?.traceId, parentSpanId: server?.spanId })
    expect(attributesOf(server as Message)).toMatchObject({ 'url.query': { stringValue: 'page=1' } })

    const [line, access] = entries('logs')
    const resource = attributesOf(sink.taken('logs')[0]?.resource as Message)
    expect(resource).toMatchObject({
      'service.name': { stringValue: 'orders' },
      'deployment.environment.name': { stringValue: 'test' },
    })
    expect(line).toMatchObject({
      body: { stringValue: 'looking' },
      traceId: server?.traceId,
      spanId: server?.spanId,
    })
    expect(access).toMatchObject({ body: { stringValue: 'request completed' } })

    const duration = entries('metrics').find(({ name }) => name === 'http.server.request.duration')
    expect(duration).toMatchObject({ unit: 's' })
    const [point] = pointsOf(duration, 'histogram')
    expect(attributesOf(point as Message)).toMatchObject({ 'http.route': { stringValue: '/orders/:id' } })
    expect(Number(point?.count)).toBe(1)
    expect(point?.exemplars).toMatchObject([{ traceId: server?.traceId, spanId: server?.spanId }])
  })
})

it('hands over no secret of what others say of spans', async () => {
  const { flush } = start()
  service = await startService(
    () => {
      const span = traceApi.getTracer('an instrumentation').startSpan('SELECT')
      span.setAttributes({
        'url.full': 'https://h.test/a?next=https%3A%2F%2Fh.test%2Fcb%3Faccess_token%3Dhunter2&cvv=hunter2',
        'url.query': 'code=hunter2&page=1',
        'db.query.text': "SET password = 'hunter2'",
        'http.request.header.x-api-key': ['hunter2'],
        'process.command_args': ['mysql', '--password=hunter2'],
        iban: 'hunter2',
        'db.rows': 3,
      })
      span.addEvent('asked', { dsn: 'postgres://shop:hunter2@db/shop' })
      span.recordException(new Error('X-Vault-Token: hunter2'))
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'pass=hunter2' })
      span.end()
    },
    { log: { redact: ['iban'], destination: { write() {} } } },
  )
  await (await fetch(`${service.url}/orders/7?card[cvv]=hunter2&user%5Bpin%5D=hunter2`)).text()
  expect(await flush()).toBe(true)
  const all = entries('traces')
  expect(JSON.stringify(all)).not.toContain('hunter2')
  const told = all.find(({ name }) => name === 'SELECT') as Message
  expect(attributesOf(told)).toMatchObject({
    'url.full': {
      stringValue: 'https://h.test/a?next=https%3A%2F%2Fh.test%2Fcb%3Faccess_token%3DREDACTED&cvv=REDACTED',
    },
    'url.query': { stringValue: 'code=[redacted]&page=1' },
    'db.query.text': { stringValue: "SET password = '[redacted]'" },
  })
  expect(told.status).toMatchObject({ message: 'pass=[redacted]' })
})

it('shows in metrics what a scrape shows, business metrics and summaries included', async () => {
  const { flush } = start()
  service = await startService(() => {})
  const { metrics } = service.sightline
  metrics
    .counter({ name: 'orders_total', help: 'Orders.', labels: ['kind'] })
    .inc({ kind: 'a "quoted"\nkind' }, 3)
  metrics.summary({ name: 'basket_bytes', help: 'Baskets.' }).observe(12)
  for (let i = 0; i < 3; i++) await (await fetch(service.url)).text()
  await flush()
  const families = new Map(entries('metrics').map((entry) => [entry.name as string, entry]))
  const [orders] = pointsOf(families.get('orders'), 'sum')
  expect(families.get('orders')?.sum).toMatchObject({ isMonotonic: true })
  expect(attributesOf(orders as Message)).toEqual({ kind: { stringValue: 'a "quoted"\nkind' } })
  expect(orders?.asDouble).toBe(3)
  expect(families.get('basket')).toMatchObject({ unit: 'By', summary: { dataPoints: [{ sum: 12 }] } })
  const scrape = await metrics.text()
  const count = /http_request_duration_seconds_count\{[^}]*\} (\d+)/.exec(scrape)?.[1]
  const [point] = pointsOf(families.get('http.server.request.duration'), 'histogram')
  expect(String(point?.count)).toBe(count)
  const counts = (point?.bucketCounts ?? []) as string[]
  expect(counts.reduce((sum, each) => sum + Number(each), 0)).toBe(3)
  expect(scrape).toContain('sightline_delivery_produced_total')
})

it('records nothing of what the caller has decided against, unless it fails or takes long', async () => {
  const { flush } = start({ sampling: { keepErrors: true, keepSlow: 60_000 } })
  service = await startService(async (req, _res, { trace }) => {
    await trace('inside', async () => {
      traceApi.getActiveSpan()?.setAttribute('seen', true)
    })
    if (req.url?.includes('fail')) throw new Error('broken')
  })
  const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` }
  await (await fetch(`${service.url}/orders/1`, { headers })).text()
  await flush()
  expect(names()).toEqual([])
  await (await fetch(`${service.url}/orders/fail`, { headers })).text()
  await flush()
  expect(names()).toEqual(['inside', 'GET /orders/:id'])
  const [inside, server] = entries('traces')
  expect(inside).toMatchObject({ parentSpanId: server?.spanId, traceId: 'a'.repeat(32) })
  expect(attributesOf(inside as Message)).toMatchObject({ seen: { boolValue: true } })
})

it('follows rules by path before anything else', async () => {
  const { flush } = start({ sampling: { ratio: 0, routes: { '/orders/:id/silent': 0, '/orders/*': 1 } } })
  service = await startService(() => {})
  const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
  for (const path of ['/orders/1/silent?x=/orders/1', '/orders/1', '/others'])
    await (
      await fetch(service.url + path, path.endsWith('/1') && !path.includes('?') ? {} : { headers })
    ).text()
  await flush()
  expect(entries('traces').map((span) => attributesOf(span)['url.path'].stringValue as string)).toEqual([
    '/orders/1',
    '/others',
  ])
})

it('gives up at the deadline where nobody takes anything, and keeps running', async () => {
  await sink.leave()
  const { flush } = start()
  service = await startService(() => {})
  await (await fetch(service.url)).text()
  const flushed: string[] = []
  const flushing = [2_000, 300].map(async (ms) => {
    expect(await flush(ms)).toBe(false)
    flushed.push(`within ${ms} ms`)
  })
  await Promise.all(flushing)
  expect(flushed).toEqual(['within 300 ms', 'within 2000 ms'])
})

it('leaves an SDK alone that was there before, and sends the rest', async () => {
  traceApi.setGlobalTracerProvider({ getTracer: () => new ProxyTracerProvider().getTracer('theirs') })
  try {
    const { flush } = start()
    service = await startService((_req, _res, { log }) => log.info('hello'))
    await (await fetch(service.url)).text()
    await flush()
    expect(names()).toEqual([])
    expect(entries('logs').map(({ body }) => body.stringValue as string)).toContain('hello')
    expect(service.lines.map(({ msg }) => msg)).toContain(
      'sightline: tracing failed; further failures of it are not logged',
    )
  } finally {
    traceApi.disable()
  }
})

it('keeps two Sightlines of a process apart', async () => {
  const { flush } = start()
  service = await startService((_req, _res, { context }) => context.set({ tenant: 't1' }))
  const other = await startService((_req, _res, { context }) => {
    expect(service?.sightline.context.current()).toBeUndefined()
    return service?.sightline.context.run({ task: 'j' }, () => {
      expect(context.current()?.fields).toEqual({})
    })
  })
  await (await fetch(service.url)).text()
  await (await fetch(other.url)).text()
  expect(other.lines.find(({ outcome }) => outcome)).toMatchObject({ status: 200 })
  await other.close()
  await flush()
  expect(names()).toEqual(['GET /orders/:id', 'GET /orders/:id'])
})
