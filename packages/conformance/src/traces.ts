import { EventEmitter, once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inspect } from 'node:util'

import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals'
import { SpanKind, SpanStatusCode, trace as traceApi } from '@opentelemetry/api'

import type { Route } from './app.ts'
import { call, LAST, converse, bytesOf, open } from './client.ts'
import { Kit } from './kit.ts'
import type { Group } from './suite.ts'

/** A span as a back end receives it. */
export interface SeenSpan {
  readonly name: string
  readonly kind: SpanKind
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly statusCode: SpanStatusCode
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<{ readonly name: string; readonly attributes?: object | undefined }>
  readonly links: readonly string[]
  /** Nanoseconds since the epoch. */
  readonly start: bigint
  readonly end: bigint
}

/** A tracer registered with OpenTelemetry's API. */
export interface Tracer {
  /** The ended spans, in order of their ends. */
  readonly spans: SeenSpan[]
  /** Whether traces without a caller's decision are recorded. */
  recordAll(yes: boolean): void
  /** Resolves when all ended spans have arrived. */
  settled(): Promise<unknown>
  close(): Promise<void> | void
}

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

/** The rules for a request's spans, with any tracer. */
export function traces(whose: string, register: () => Tracer | Promise<Tracer>): Group {
  return {
    promise: `shows each request as one span, under ${whose}`,
    assertions({ adapter, check, shop }) {
      let tracer: Tracer
      beforeAll(async () => {
        tracer = await register()
      })
      beforeEach(async () => {
        await tracer.settled()
        tracer.spans.length = 0
        tracer.recordAll(true)
      })
      afterAll(() => tracer.close())

      const servers = async () => {
        await tracer.settled()
        return tracer.spans.filter(({ kind }) => kind === SpanKind.SERVER)
      }
      const only = <T>(items: readonly T[]): T => {
        expect(items).toHaveLength(1)
        return items[0] as T
      }

      /** Starts an application with one route whose handler uses the kit. */
      async function withHandler(handler: (kit: Kit) => Promise<unknown>): Promise<Kit> {
        const kit = new Kit({ app: { routes: [] } })
        const route: Route = {
          method: 'GET',
          pattern: '/labour/:n',
          handler: async () => ({ body: { result: (await handler(kit)) ?? null } }),
        }
        return kit.start(adapter, { routes: [route] })
      }

      check('names the span after its route and says by the conventions what happened', async () => {
        await using kit = await shop()
        await call(kit.port, '/users/7?page=2&token=hunter2', {
          headers: { 'x-request-id': 'r1', 'user-agent': 'a client' },
        })
        await kit.haveEnded(1)
        const span = only(await servers())
        expect(span).toMatchObject({
          name: 'GET /users/:id',
          statusCode: SpanStatusCode.UNSET,
          links: [],
          events: [],
        })
        expect(span.attributes).toEqual({
          'http.request.method': 'GET',
          'http.route': '/users/:id',
          'http.response.status_code': 200,
          'http.request.header.x-request-id': ['r1'],
          'url.scheme': 'http',
          'url.path': '/users/7',
          'url.query': 'page=2&token=[redacted]',
          'server.address': '127.0.0.1',
          'server.port': kit.port,
          'client.address': expect.stringContaining('127.0.0.1'),
          'network.peer.address': expect.stringContaining('127.0.0.1'),
          'network.peer.port': expect.any(Number),
          'network.protocol.version': '1.1',
          'user_agent.original': 'a client',
        })
        const { startedAt, durationMs } = kit.record
        expect(Number(span.start / 1_000n) / 1_000).toBeCloseTo(startedAt, 1)
        expect(Number((span.end - span.start) / 1_000n) / 1_000).toBeCloseTo(durationMs, 0)
      })

      check('says nothing of what its route, its query or an error name as a secret', async () => {
        await using kit = new Kit({ app: { routes: [] } })
        const route: Route = {
          method: 'GET',
          pattern: '/reset/:token',
          handler() {
            throw new Error('X-Api-Key: hunter2')
          },
        }
        await kit.start(adapter, { routes: [route] })
        const next = encodeURIComponent('https://h.test/cb?access_token=hunter2')
        await call(
          kit.port,
          `/reset/hunter2?card[cvv]=hunter2&user%5Bpin%5D=hunter2&pass=hunter2&next=${next}`,
        )
        await kit.haveEnded(1)
        const span = only(await servers())
        expect(span.attributes).toMatchObject({
          'http.route': '/reset/:token',
          'url.path': '/reset/[redacted]',
        })
        const told = inspect(tracer.spans, { depth: 10 })
        expect(told).toContain('X-Api-Key: [redacted]')
        expect(told).not.toContain('hunter2')
      })

      check('is a part of the trace of its caller, and has its ids in the log', async () => {
        await using kit = await shop()
        await call(kit.port, '/json', {
          headers: { traceparent: `00-${TRACE}-${PARENT}-03`, tracestate: 'a=1' },
        })
        await kit.haveEnded(1)
        const span = only(await servers())
        expect(span).toMatchObject({ traceId: TRACE, parentSpanId: PARENT })
        expect(kit.access).toMatchObject([{ trace_id: TRACE, span_id: span.spanId }])
        expect(kit.record.trace).toMatchObject({
          parentId: PARENT,
          sampled: true,
          random: true,
          state: 'a=1',
        })
      })

      check('names what matches no route after its method, and finds no fault with it', async () => {
        await using kit = await shop()
        await call(kit.port, '/nowhere')
        await kit.haveEnded(1)
        const span = only(await servers())
        expect(span).toMatchObject({ name: 'GET', statusCode: SpanStatusCode.UNSET })
        expect(span.attributes).toMatchObject({ 'http.response.status_code': 404 })
        expect(span.attributes).not.toHaveProperty('http.route')
        expect(span.attributes).not.toHaveProperty('error.type')
      })

      check('shows what was thrown, once', async () => {
        await using kit = await shop()
        for (const path of ['/throws', '/rejects']) await call(kit.port, path)
        await kit.haveEnded(2)
        const spans = await servers()
        expect(spans).toHaveLength(2)
        for (const span of spans) {
          expect(span.statusCode).toBe(SpanStatusCode.ERROR)
          expect(span.attributes).toMatchObject({ 'error.type': 'Error', 'http.response.status_code': 500 })
          expect(only(span.events)).toMatchObject({
            name: 'exception',
            attributes: {
              'exception.type': 'Error',
              'exception.stacktrace': expect.stringContaining('Error: '),
            },
          })
        }
      })

      check('finds no fault with an error that is meant for the client', async () => {
        await using kit = await shop()
        await call(kit.port, '/refuses')
        await kit.haveEnded(1)
        const span = only(await servers())
        expect(span).toMatchObject({ name: 'GET /refuses', statusCode: SpanStatusCode.UNSET, events: [] })
        expect(span.attributes).toMatchObject({ 'http.response.status_code': 422 })
      })

      check('survives an error whose properties throw', async () => {
        await using kit = await shop()
        expect((await call(kit.port, '/throws-hostile')).status).toBe(500)
        await kit.haveEnded(1)
        expect(only(await servers()).statusCode).toBe(SpanStatusCode.ERROR)
        expect(kit.lines.filter(({ level }) => level === 'warn')).toEqual([])
      })

      check('ends the span of a request whose client has left, once', async () => {
        await using kit = await shop()
        const socket = await open(kit.port)
        socket.write(bytesOf('GET', '/hangs'))
        await kit.haveArrived(1)
        socket.destroy()
        await kit.haveEnded(1)
        const span = only(await servers())
        expect(span).toMatchObject({ name: 'GET /hangs', statusCode: SpanStatusCode.UNSET })
        expect(span.attributes).toMatchObject({ 'error.type': 'aborted' })
        expect(span.attributes).not.toHaveProperty('http.response.status_code')
      })

      check('is an error where the service breaks off its response', async () => {
        await using kit = await shop()
        await converse(kit.port, bytesOf('GET', '/raw/fails'))
        await converse(kit.port, bytesOf('GET', '/raw/cut'))
        await kit.haveEnded(2)
        const spans = await servers()
        expect(spans.map(({ statusCode }) => statusCode)).toEqual([
          SpanStatusCode.ERROR,
          SpanStatusCode.ERROR,
        ])
        expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual(['RangeError', 'broken'])
        expect(spans.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([200, 200])
        expect(spans.map(({ events }) => events.length)).toEqual([1, 0])
      })

      check('shows what the framework answers by itself', async () => {
        await using kit = await shop()
        await converse(kit.port, bytesOf('GET', '/%ZZ'), LAST)
        await kit.haveEnded(2)
        expect((await servers()).map(({ name }) => name)).toEqual(['GET', 'GET /text'])
      })

      check('shows neither probes nor scrapes', async () => {
        await using kit = await shop()
        for (const path of ['/metrics', '/health', '/health/live', '/stats']) await call(kit.port, path)
        await call(kit.port, '/json')
        await kit.haveEnded(1)
        expect((await servers()).map(({ name }) => name)).toEqual(['GET /json'])
      })

      check('keeps operations within their request, over awaits and side by side', async () => {
        await using kit = await withHandler(async ({ sightline: { trace, log } }) => {
          await trace('outer', async (span) => {
            span.set({ password: 'hunter2', n: 1 })
            log.info('in outer')
            await nextTurn()
            await Promise.all(['a', 'b'].map((name) => trace(name, () => nextTurn())))
            span.event('nearly there', { left: 1 })
          })
          log.info('behind')
        })
        await call(kit.port, '/labour/1')
        await kit.haveEnded(1)
        const server = only(await servers())
        const byName = new Map(tracer.spans.map((span) => [span.name, span]))
        const outer = byName.get('outer')
        expect(tracer.spans.map(({ name }) => name)).toEqual(['a', 'b', 'outer', 'GET /labour/:n'])
        expect(outer).toMatchObject({
          traceId: server.traceId,
          parentSpanId: server.spanId,
          attributes: { n: 1, password: '[redacted]' },
          events: [{ name: 'nearly there', attributes: { left: 1 } }],
        })
        for (const name of ['a', 'b']) expect(byName.get(name)?.parentSpanId).toBe(outer?.spanId)
        const [inside, behind] = kit.lines
        expect(inside).toMatchObject({ trace_id: server.traceId, span_id: outer?.spanId })
        expect(behind).toMatchObject({ trace_id: server.traceId, span_id: server.spanId })
      })

      check('is the parent of spans that are made through the API, and takes what they say', async () => {
        const gate = new EventEmitter()
        await using kit = await withHandler(async () => {
          setImmediate(() => gate.emit('open'))
          await once(gate, 'open')
          traceApi.getActiveSpan()?.setAttribute('tenant', 't1').addEvent('seen')
          traceApi.getTracer('user').startActiveSpan('by hand', (span) => {
            traceApi.getTracer('user').startSpan('below').end()
            span.end()
          })
        })
        await call(kit.port, '/labour/1')
        await kit.haveEnded(1)
        const server = only(await servers())
        const [below, byHand] = tracer.spans
        expect(server).toMatchObject({ attributes: { tenant: 't1' }, events: [{ name: 'seen' }] })
        expect(byHand).toMatchObject({
          name: 'by hand',
          traceId: server.traceId,
          parentSpanId: server.spanId,
        })
        expect(below).toMatchObject({ name: 'below', traceId: server.traceId, parentSpanId: byHand?.spanId })
      })

      check('records nothing of what is not sampled, and still knows its ids', async () => {
        tracer.recordAll(false)
        await using kit = await withHandler(async ({ sightline: { trace, log } }) =>
          trace('inside', () => log.info('inside')),
        )
        await call(kit.port, '/labour/1', { headers: { traceparent: `00-${TRACE}-${PARENT}-00` } })
        await kit.haveEnded(1)
        await tracer.settled()
        expect(tracer.spans).toEqual([])
        const { spanId } = kit.record.trace
        expect(kit.record.trace).toMatchObject({ traceId: TRACE, parentId: PARENT, sampled: false })
        expect(kit.lines).toMatchObject([
          { msg: 'inside', trace_id: TRACE, span_id: spanId },
          { msg: 'request completed', trace_id: TRACE, span_id: spanId },
        ])
      })

      check('begins a trace of its own where the caller is not believed, and points at theirs', async () => {
        await using kit = await shop({ trust: 'never' })
        await call(kit.port, '/json', { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } })
        await kit.haveEnded(1)
        const span = only(await servers())
        expect(span.traceId).not.toBe(TRACE)
        expect(span.parentSpanId).toBeUndefined()
        expect(span.links).toEqual([`${TRACE}-${PARENT}`])
      })
    },
  }
}
