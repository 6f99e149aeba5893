import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { SpanKind, trace as traceApi, type TracerProvider } from '@opentelemetry/api'

import { startTelemetry, type Telemetry, type TelemetryOptions } from '../src/index.ts'
import { attributesOf, type Message } from './official.ts'
import { type Service, startService } from './service.ts'
import { type OtlpSink, startSink } from './sink.ts'

/** Of somebody else's trace. */
const OTHER = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`

let sink: OtlpSink
let telemetry: Telemetry
let called: Service
let caller: Service
/** What the called service got, request by request. */
let received: IncomingMessage['headers'][]

beforeEach(async () => {
  sink = await startSink()
  received = []
})
afterEach(async () => {
  await caller.close()
  await called.close()
  await telemetry.close()
  expect(sink.faults).toEqual([])
  await sink.close()
})

/** Two services, of which one calls the other in its handler. */
async function start(call: (url: string) => Promise<unknown>, options: TelemetryOptions = {}): Promise<void> {
  telemetry = startTelemetry({ endpoint: sink.url, quiet: true, ...options })
  called = await startService(
    (req, res) => {
      received.push(req.headers)
      if (req.url === '/fails') res.writeHead(503).end()
    },
    { baggage: ['tenant'] },
  )
  caller = await startService(
    (_req, _res, { context }) => {
      context.carry({ tenant: 't1' })
      return call(called.url)
    },
    { baggage: ['tenant'] },
  )
}

/** Calls the first service as somebody from outside does, who traces nothing. */
async function ask(headers: Record<string, string> = {}): Promise<void> {
  const request = get(caller.url, { headers, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
}

async function getWithNode(url: string, headers: Record<string, string> = {}): Promise<void> {
  const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
}

/** A port on which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

const spans = async () => {
  await telemetry.flush()
  return sink.taken('traces').map(({ entry }) => entry)
}
/** Kinds in OTLP count from 1. */
const ofKind = (all: readonly Message[], kind: SpanKind) =>
  all.filter((span) => span.kind === kind + 1 || KINDS[span.kind as string] === kind)
const KINDS: Record<string, SpanKind> = {
  SPAN_KIND_CLIENT: SpanKind.CLIENT,
  SPAN_KIND_SERVER: SpanKind.SERVER,
}

describe.each([
  ['fetch', async (url: string) => void (await (await fetch(url)).text())],
  ['node:http', getWithNode],
])('a request by %s', (_, call) => {
  it('is a span between the two services, which are one trace', async () => {
    await start((url) => call(`${url}/orders/7?token=hunter2`))
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    const all = (await spans()).filter(({ traceId }) => traceId === 'a'.repeat(32))
    const [client] = ofKind(all, SpanKind.CLIENT)
    const callerSpan = all.find(({ parentSpanId }) => parentSpanId === 'b'.repeat(16))
    const calledSpan = all.find(({ parentSpanId }) => parentSpanId === client?.spanId)
    expect(client).toMatchObject({ name: 'GET', parentSpanId: callerSpan?.spanId })
    expect(calledSpan).toMatchObject({ name: 'GET /orders/:id' })
    expect(attributesOf(client as Message)).toMatchObject({
      'url.full': { stringValue: `${called.url}/orders/7?token=REDACTED` },
      'server.address': { stringValue: '127.0.0.1' },
    })
    expect(received[0]).toMatchObject({ baggage: 'tenant=t1' })
  })

  it('tells other hosts nothing that may not know', async () => {
    await start(call, { propagateTo: 'none' })
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    expect(received[0]).not.toHaveProperty('traceparent')
    expect(received[0]).not.toHaveProperty('baggage')
    expect(ofKind(await spans(), SpanKind.CLIENT).length).toBeGreaterThan(0)
  })

  it('passes on that nobody records', async () => {
    await start(call)
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` })
    expect(received[0]?.traceparent).toMatch(new RegExp(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-00$`))
    expect((await spans()).filter(({ traceId }) => traceId === 'a'.repeat(32))).toEqual([])
  })

  it('shows what failed', async () => {
    await start(async (url) => {
      await call(`${url}/fails`)
      await call(`http://127.0.0.1:${await closedPort()}/`).catch(() => {})
    })
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    const failures = ofKind(await spans(), SpanKind.CLIENT)
      .filter(({ traceId }) => traceId === 'a'.repeat(32))
      .map((span) => attributesOf(span)['error.type']?.stringValue as string)
    expect(failures[0]).toBe('503')
    expect(failures[1]).toBe('ECONNREFUSED')
  })

  it.each(['00', '01', '02', '03'])(
    'passes on what vendors keep with a trace, and its flags: %s',
    async (flags) => {
      await start(call)
      const tracestate = `dd=s:1,1a@b@c=2,${'k'.repeat(256)}=${'v'.repeat(256)},long=${'w'.repeat(200)}`
      await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}`, tracestate })
      expect(received[0]).toMatchObject({
        traceparent: expect.stringMatching(new RegExp(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-${flags}$`)),
        tracestate,
      })
    },
  )

  it.each(['00', '01'])('has an id of its own, sampled or not: %s', async (flags) => {
    await start(async (url) => {
      await call(url)
      await call(url)
    })
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}` })
    expect(new Set(received.map(({ traceparent }) => String(traceparent).slice(36, 52))).size).toBe(2)
  })

  it('begins traces whose ids are random', async () => {
    await start(call, { sampling: { ratio: 0 } })
    await ask()
    expect(received[0]?.traceparent).toMatch(/-02$/)
  })

  it('passes nothing on where it may not', async () => {
    process.env.OTEL_PROPAGATORS = 'none'
    try {
      await start(call)
    } finally {
      delete process.env.OTEL_PROPAGATORS
    }
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    expect(received[0]).not.toHaveProperty('traceparent')
    expect(received[0]).not.toHaveProperty('baggage')
    const traces = (await spans()).map(({ traceId }) => traceId as string)
    expect(traces.length).toBeGreaterThan(0)
    expect(traces).not.toContain('a'.repeat(32))
  })

  it('passes on what it may', async () => {
    process.env.OTEL_PROPAGATORS = 'baggage'
    try {
      await start(call)
    } finally {
      delete process.env.OTEL_PROPAGATORS
    }
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    expect(received[0]).not.toHaveProperty('traceparent')
    expect(received[0]).toMatchObject({ baggage: 'tenant=t1' })
  })

  it('adds no list of vendors to a trace that was written by hand', async () => {
    await start(async (url) => {
      if (call === getWithNode) await getWithNode(url, { traceparent: OTHER })
      else await (await fetch(url, { headers: { traceparent: OTHER } })).text()
    })
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'foo=1' })
    expect(received[0]).toMatchObject({ traceparent: OTHER })
    expect(received[0]).not.toHaveProperty('tracestate')
  })

  describe('where no spans are sent', () => {
    const SENT = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-03`, tracestate: 'foo=1' }
    const ON = new RegExp(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-03$`)
    const none = { traces: { exporter: 'none' } } as const

    it('is part of its trace all the same', async () => {
      await start(call, none)
      await ask(SENT)
      expect(received[0]).toMatchObject({
        traceparent: expect.stringMatching(ON),
        tracestate: 'foo=1',
        baggage: 'tenant=t1',
      })
      expect(await spans()).toEqual([])
    })

    it('begins traces that others record', async () => {
      await start(call, none)
      await ask()
      expect(received[0]?.traceparent).toMatch(/-03$/)
      expect(received[0]?.traceparent).toContain(caller.lines.at(-1)?.trace_id)
    })

    it('tells other hosts nothing that may not know', async () => {
      await start(call, { ...none, propagateTo: 'none' })
      await ask(SENT)
      expect(received[0]).not.toHaveProperty('traceparent')
      expect(received[0]).not.toHaveProperty('baggage')
    })

    it('leaves it to another SDK that comes later', async () => {
      await start(call, none)
      const tracer = traceApi.getTracer('theirs')
      const provider: TracerProvider = { getTracer: () => tracer }
      traceApi.setGlobalTracerProvider(provider)
      try {
        await ask(SENT)
        expect(received[0]).not.toHaveProperty('traceparent')
      } finally {
        traceApi.disable()
      }
    })

    it('is over with the telemetry', async () => {
      await start(call, none)
      await telemetry.close()
      await ask(SENT)
      expect(received[0]).not.toHaveProperty('traceparent')
    })
  })

  it('says the same as a header that was written by hand', async () => {
    await start(async (url) => {
      const headers = caller.sightline.context.inject({})
      await (await fetch(url, { headers })).text()
    })
    await ask({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
    const [client] = ofKind(await spans(), SpanKind.CLIENT).filter(
      ({ traceId }) => traceId === 'a'.repeat(32),
    )
    expect(received[0]?.traceparent).toBe(`00-${'a'.repeat(32)}-${client?.spanId}-01`)
  })
})

it('makes no spans about what it sends itself', async () => {
  await start(async () => {})
  await ask()
  await telemetry.flush()
  await telemetry.flush()
  const hosts = (await spans()).map((span) => attributesOf(span)['server.port']?.intValue as string)
  expect(hosts).not.toContain(new URL(sink.url).port)
})
