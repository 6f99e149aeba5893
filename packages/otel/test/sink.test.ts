import { gzipSync } from 'node:zlib'

import { afterEach, describe, expect, it } from '@jest/globals'
import { createBatchEncoder, createLogEncoder, type Encoding } from '@sightline/otlp'
import { type OtlpSink, startSink } from '@sightline/servers/otlp'

const SCOPE = { name: 'test' }

let sink: OtlpSink | undefined
afterEach(() => sink?.close())

/** Sends some log lines to the sink. */
async function send(
  { url }: OtlpSink,
  bodies: readonly string[],
  {
    encoding = 'protobuf',
    gzip = false,
    signal,
  }: { encoding?: Encoding; gzip?: boolean; signal?: AbortSignal } = {},
): Promise<Response> {
  const encode = createLogEncoder({ encoding })
  const { body, type } = createBatchEncoder({ signal: 'logs', encoding, resource: {} })(
    bodies.map((text) => encode({ observedTime: 1, body: text, attributes: {} }, SCOPE)),
  )
  return fetch(`${url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': type, ...(gzip && { 'content-encoding': 'gzip' }) },
    body: gzip ? gzipSync(body) : Buffer.from(body),
    ...(signal && { signal }),
  })
}

function bodiesIn({ taken }: OtlpSink): string[] {
  return taken('logs').map(({ entry }) => entry.body.stringValue as string)
}

describe('the sink of the tests', () => {
  it('takes both encodings, plain and compressed', async () => {
    sink = await startSink()
    await send(sink, ['a', 'b'])
    await send(sink, ['c'], { encoding: 'json' })
    await send(sink, ['d'], { gzip: true })
    expect(bodiesIn(sink)).toEqual(['a', 'b', 'c', 'd'])
    expect(sink.faults).toEqual([])
  })

  it('finds fault with what no collector knows', async () => {
    sink = await startSink()
    const post = (path: string, type: string, body: string | Uint8Array): Promise<Response> =>
      fetch(`${sink?.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: Buffer.from(body),
      })
    // Field 15 of the request; a field of JSON that nobody knows; a text that is no UTF-8; no media type of OTLP.
    await post('/v1/traces', 'application/x-protobuf', Uint8Array.of(0x78, 1))
    await post('/v1/traces', 'application/json', '{"resourceSpans":[{"inventedBy":"us"}]}')
    await post('/v1/logs', 'application/x-protobuf', Uint8Array.of(0x0a, 3, 0x1a, 1, 0xff))
    await post('/v1/logs', 'text/plain', 'x')
    await post('/v1/profiles', 'application/json', '{}')
    expect(sink.faults).toHaveLength(5)
    expect(sink.requests).toEqual([])
  })

  it('refuses, and takes nothing', async () => {
    sink = await startSink({ kind: 'refuse', status: 503, headers: { 'retry-after': '15' } })
    const answer = await send(sink, ['a'])
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('15')
    expect(sink.requests).toHaveLength(1)
    expect(bodiesIn(sink)).toEqual([])
    sink.conduct = { kind: 'accept', rejected: 1, message: 'too old' }
    const { status } = await send(sink, ['b'])
    expect(status).toBe(200)
    expect(bodiesIn(sink)).toEqual(['b'])
  })

  it('takes no body that is too large for it', async () => {
    sink = await startSink({ kind: 'limit', bytes: 200 })
    expect((await send(sink, ['x'.repeat(500)])).status).toBe(413)
    expect((await send(sink, ['x'])).status).toBe(200)
    expect(bodiesIn(sink)).toEqual(['x'])
  })

  it('is silent until its client gives up', async () => {
    sink = await startSink({ kind: 'silent' })
    const giveUp = new AbortController()
    const sending = send(sink, ['a'], { signal: giveUp.signal })
    await sink.until(() => sink?.requests.length === 1)
    giveUp.abort()
    await expect(sending).rejects.toThrow('abort')
    expect(bodiesIn(sink)).toEqual([])
  })

  it('answers late', async () => {
    sink = await startSink({ kind: 'slow', ms: 50 })
    expect((await send(sink, ['a'])).status).toBe(200)
  })

  it.each(['garbage', 'html', 'endless', 'short', 'cut'] as const)(
    'lies, and takes all the same: %s',
    async (lie) => {
      sink = await startSink({ kind: 'lie', lie })
      const answer = await send(sink, ['a'])
      expect(answer.status).toBe(200)
      if (lie === 'cut') await expect(answer.text()).rejects.toThrow('terminated')
      else await answer.body?.cancel()
      expect(bodiesIn(sink)).toEqual(['a'])
    },
  )

  it('goes away and comes back on the same port', async () => {
    sink = await startSink()
    await send(sink, ['a'])
    await sink.leave()
    await expect(send(sink, ['b'])).rejects.toThrow('fetch failed')
    await sink.comeBack()
    await send(sink, ['c'])
    expect(bodiesIn(sink)).toEqual(['a', 'c'])
  })
})
