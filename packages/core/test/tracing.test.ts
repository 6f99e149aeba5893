import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { context as contextApi, SpanKind, SpanStatusCode, trace as traceApi } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline, type Sightline } from '../src/index.ts'

let sightline: Sightline
let lines: Array<Record<string, unknown>>
beforeEach(() => {
  lines = []
  sightline = createSightline({
    service: 'test',
    log: { destination: { write: (line) => lines.push(JSON.parse(line)) } },
  })
})
afterEach(() => sightline.close())

async function* pages(count: number) {
  for (let page = 1; page <= count; page++) {
    await nextTurn()
    sightline.log.info({ page }, 'page')
    yield page
  }
  return 'all'
}

describe('where nobody traces', () => {
  it('is a plain call', async () => {
    const thrown = new Error('no')
    expect(sightline.trace('sync', (span) => span.set({ a: 1 }))).toBeUndefined()
    await expect(sightline.trace('async', { kind: 'client' }, async () => 6)).resolves.toBe(6)
    expect(() =>
      sightline.trace('throws', () => {
        throw thrown
      }),
    ).toThrow(thrown)
    expect(sightline.traced('add')((a: number, b: number) => a + b)(1, 2)).toBe(3)
    const seen: number[] = []
    for await (const page of sightline.traced('pages')(pages)(2)) seen.push(page)
    expect(seen).toEqual([1, 2])
    sightline.trace('logs', () => sightline.log.info('inside'))
    expect(lines.at(-1)).not.toHaveProperty('trace_id')
  })
})

describe('where somebody traces', () => {
  let spans: ReadableSpan[]
  beforeEach(() => {
    spans = []
    const provider = new TracerProvider({
      spanProcessors: [
        {
          onStart() {},
          onEnd: (span) => void spans.push(span),
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ],
    })
    // After the Sightline was made: whoever comes late is found as well.
    traceApi.setGlobalTracerProvider(provider)
    contextApi.setGlobalContextManager(new AsyncLocalStorageContextManager())
  })
  afterEach(() => {
    traceApi.disable()
    contextApi.disable()
  })
  const names = () => spans.map(({ name }) => name)

  it('ends the span with the function, and gives back what it returns', async () => {
    expect(sightline.trace('sync', () => 5)).toBe(5)
    expect(names()).toEqual(['sync'])
    const pending = sightline.trace('async', () => nextTurn(6))
    expect(names()).toEqual(['sync'])
    await expect(pending).resolves.toBe(6)
    expect(names()).toEqual(['sync', 'async'])
  })

  it('gives back the very promise that the function returned', () => {
    const promise = Promise.resolve(1)
    expect(sightline.trace('async', () => promise)).toBe(promise)
  })

  it('records what is thrown once, masked, and throws it on as it is', async () => {
    const error = new Error('no entry with password=hunter2')
    expect(() =>
      sightline.trace('sync', () => {
        throw error
      }),
    ).toThrow(error)
    await expect(sightline.trace('async', () => Promise.reject(error))).rejects.toBe(error)
    expect(names()).toEqual(['sync', 'async'])
    for (const { status, events } of spans) {
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'no entry with password=[redacted]' })
      expect(events).toHaveLength(1)
      expect(JSON.stringify(events)).not.toContain('hunter2')
    }
  })

  it('shows fields and events, masked, and what is no attribute as JSON', () => {
    sightline.trace('order', { kind: 'producer', fields: { at: 'start' } }, (span) => {
      span.set({ tags: ['a', 'b'], mixed: ['a', 1], basket: { items: 2, token: 'hunter2' }, nothing: null })
      span.event('paid', { by: 'card' })
    })
    expect(spans[0]?.attributes).toEqual({
      at: 'start',
      tags: ['a', 'b'],
      mixed: '["a",1]',
      basket: '{"items":2,"token":"[redacted]"}',
    })
    expect(spans[0]?.events).toMatchObject([{ name: 'paid', attributes: { by: 'card' } }])
  })

  it('keeps an async generator in its span until its end, and logs within it', async () => {
    const all = sightline.traced('pages')(pages)
    await sightline.context.run({ task: 'j' }, async () => {
      for await (const page of all(3)) if (page < 3) expect(spans).toEqual([])
    })
    expect(names()).toEqual(['pages'])
    const spanId = spans[0]?.spanContext().spanId
    expect(lines.map(({ page, span_id: id, task }) => [page, id, task])).toEqual(
      [1, 2, 3].map((page) => [page, spanId, 'j']),
    )
  })

  it('ends the span of a generator where who iterates stops or it throws, and starts none that nobody iterates', () => {
    const count = sightline.traced('count')(function* numbers(limit: number): Generator<number> {
      for (let n = 1; ; n++) {
        if (n > limit) throw new RangeError('enough')
        yield n
      }
    })
    count(1)
    expect(spans).toEqual([])
    for (const n of count(5)) if (n === 2) break
    expect(() => [...count(3)]).toThrow('enough')
    const [first, second] = count(2)
    expect([first, second]).toEqual([1, 2])
    expect(spans.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.UNSET,
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ])
  })

  it('wraps functions and decorates methods, with their this and arguments', async () => {
    class Basket {
      items = 2
      @sightline.traced('count')
      async count(more: number) {
        await nextTurn()
        return this.items + more
      }
    }
    expect(await new Basket().count(3)).toBe(5)
    expect(names()).toEqual(['count'])
  })

  it('nests operations, and keeps the fields of their job', async () => {
    await sightline.context.run({ task: 'mail' }, () =>
      sightline.trace('outer', async () => {
        sightline.context.set({ tenant: 't1' })
        await sightline.trace('inner', () => nextTurn())
        sightline.log.info('in outer')
      }),
    )
    const [inner, outer] = spans
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId)
    expect(lines).toMatchObject([
      {
        task: 'mail',
        tenant: 't1',
        span_id: outer?.spanContext().spanId,
        trace_id: outer?.spanContext().traceId,
      },
    ])
  })

  it('shows a job that has a name, below whoever sent its message, with its event in it', async () => {
    const from = sightline.context.extract({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    const error = new Error('no such mailbox')
    const failing = sightline.job('send-mail', () => Promise.reject(error), { from })
    await expect(failing).rejects.toBe(error)
    sightline.job('tidy-up', () => {})
    const [mail, tidying] = spans
    expect(mail).toMatchObject({
      name: 'send-mail',
      kind: SpanKind.CONSUMER,
      parentSpanContext: { spanId: 'b'.repeat(16) },
      status: { code: SpanStatusCode.ERROR, message: 'no such mailbox' },
    })
    expect(tidying).toMatchObject({ name: 'tidy-up', kind: SpanKind.INTERNAL })
    expect(lines.map((line) => [line.msg, line.job, line.trace_id, line.span_id])).toEqual([
      ['job failed', 'send-mail', 'a'.repeat(32), mail?.spanContext().spanId],
      ['job completed', 'tidy-up', tidying?.spanContext().traceId, tidying?.spanContext().spanId],
    ])
  })

  it('hands on what vendors keep with the trace of a message, and its flags', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-03`
    const from = sightline.context.extract({ traceparent, tracestate: 'foo=1,1a@b@c=2' })
    sightline.context.run(
      {},
      () =>
        sightline.trace('send', () => {
          expect(sightline.context.inject()).toMatchObject({
            traceparent: `00-${'a'.repeat(32)}-${sightline.context.current()?.trace.spanId}-03`,
            tracestate: 'foo=1,1a@b@c=2',
          })
        }),
      from,
    )
    expect(spans[0]?.spanContext().traceState?.serialize()).toBe('foo=1,1a@b@c=2')
  })

  it('continues the trace of a message, and passes its own position on', () => {
    const from = sightline.context.extract({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    sightline.context.run(
      {},
      () =>
        sightline.trace('handle', { kind: 'consumer' }, () => {
          const { traceparent } = sightline.context.inject()
          expect(traceparent).toBe(
            `00-${'a'.repeat(32)}-${traceApi.getActiveSpan()?.spanContext().spanId}-01`,
          )
        }),
      from,
    )
    expect(spans[0]?.spanContext().traceId).toBe('a'.repeat(32))
    expect(spans[0]?.parentSpanContext?.spanId).toBe('b'.repeat(16))
  })
})

it('answers all the same where an SDK throws', async () => {
  traceApi.setGlobalTracerProvider({
    getTracer() {
      throw new Error('misconfigured')
    },
  })
  try {
    const server = createServer((req, res) => {
      const exchange = { req, res, route: () => '/r', clientIp: () => undefined }
      hostOf(sightline)
        .observe(exchange)
        .run(() => res.end(String(sightline.trace('inside', () => 5))))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('5')
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    expect(lines.find(({ outcome }) => outcome)).toMatchObject({ trace_id: expect.any(String) })
  } finally {
    traceApi.disable()
  }
})
