import { once } from 'node:events'
import { connect, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import { pipeline, Readable } from 'node:stream'

import { describe, expect, it } from '@jest/globals'

import { hostOf } from '../src/adapter/index.ts'
import { serveHttp2 } from './observed-server.ts'

type Act = (req: Http2ServerRequest, res: Http2ServerResponse) => unknown

const PAIRS = [
  ['Content-Type', 'text/plain'],
  ['Set-Cookie', 'a=1'],
  ['X-From', 'cache'],
  ['Set-Cookie', 'b=2'],
]

const HEADS: Record<string, { readonly act: Act; readonly bytes: number }> = {
  pairs: { act: (_, res) => res.writeHead(200, PAIRS as never).end('pairs'), bytes: 5 },
  'pairs after a header': {
    act: (_, res) => {
      res.setHeader('x-first', '1')
      res.writeHead(200, PAIRS as never).end('pairs')
    },
    bytes: 5,
  },
  'a list': { act: (_, res) => res.writeHead(201, PAIRS.flat() as never).end('list'), bytes: 4 },
  'an object': { act: (_, res) => res.writeHead(200, { 'x-a': '1', 'X-B': ['2', '3'] }).end('ü'), bytes: 2 },
  'no head': { act: (_, res) => res.end(Buffer.from('bytes')), bytes: 5 },
  'flushed headers': {
    act: (_, res) => {
      // Missing in node's types.
      ;(res as { flushHeaders?(): void }).flushHeaders?.()
      res.write('one')
      res.end('dHdv', 'base64')
    },
    bytes: 6,
  },
  'a status without a body': { act: (_, res) => res.writeHead(204).end('nothing'), bytes: 0 },
  'a status that resets': { act: (_, res) => res.writeHead(205).end('nothing'), bytes: 0 },
}

/** The headers and the body of an answer, without those that differ from one to the next. */
async function answerOf(port: number, method: string) {
  const session = connect(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':path': '/', ':method': method })
  const [{ date: _date, 'x-request-id': id, ...headers }] = await once(stream, 'response')
  let body = ''
  for await (const piece of stream.setEncoding('utf8')) body += piece
  session.close()
  return { id, shown: { headers, order: Object.keys(headers), body } }
}

describe('a response over HTTP/2', () => {
  for (const [what, { act, bytes }] of Object.entries(HEADS)) {
    it(`is as without the kit, but for the id, and its bytes are counted: ${what}`, async () => {
      await using kit = await serveHttp2(act)
      await using bare = await serveHttp2(act, { bare: true })
      for (const method of ['GET', 'HEAD']) {
        const { id, shown } = await answerOf(kit.port, method)
        expect(shown).toEqual((await answerOf(bare.port, method)).shown)
        expect(id).toMatch(/./)
      }
      const records = await kit.ended(2)
      expect(records.map(({ responseBytes, outcome }) => [responseBytes, outcome])).toEqual([
        [bytes, 'completed'],
        [0, 'completed'],
      ])
    })
  }
})

const failing = () =>
  Readable.from(
    (async function* () {
      yield 'a'.repeat(1_000)
      throw new RangeError('the source broke')
    })(),
  )

const begun = (act: Act): Act => {
  return (req, res) => void res.write('partial', () => act(req, res))
}

const BREACHES: Record<string, { readonly act: Act; readonly error?: string }> = {
  'a stream that is closed': { act: begun((_, res) => res.stream.close()) },
  'a stream that is cancelled': { act: begun((_, res) => res.stream.close(8)) },
  'a stream that is refused before its head': { act: (_, res) => res.stream.close(7), error: 'Error' },
  'a stream that is closed with an error code': {
    act: begun((_, res) => res.stream.close(2)),
    error: 'Error',
  },
  'a stream that is destroyed': { act: begun((_, res) => res.stream.destroy()) },
  'a stream that is destroyed with an error': {
    act: begun((_, res) => res.stream.destroy(new RangeError('mine'))),
    error: 'RangeError',
  },
  'a response that is destroyed': { act: begun((_, res) => (res as never as { destroy(): void }).destroy()) },
  'a session that is destroyed': { act: begun((_, res) => res.stream.session?.destroy()) },
  'a source that fails': { act: (_, res) => pipeline(failing(), res, () => {}), error: 'RangeError' },
}

const LEAVINGS = {
  'cancels the stream': (stream: ClientStream) => stream.close(8),
  'closes the stream': (stream: ClientStream) => stream.close(),
  'closes the stream with an error code': (stream: ClientStream) => stream.close(2),
  'destroys its session': (stream: ClientStream) => stream.session?.destroy(),
  'destroys its connection': (_: ClientStream, destroy: () => void) => destroy(),
} as const
type ClientStream = ReturnType<ReturnType<typeof connect>['request']>

/** A request whose first bytes have arrived, or whose stream is closed. */
async function asked(port: number) {
  const socket = connectSocket(port, '127.0.0.1')
  socket.on('error', () => {})
  const session = connect('http://shop.example', { createConnection: () => socket })
  session.on('error', () => {})
  const stream = session.request({ ':path': '/' })
  stream.on('error', () => {})
  const data = once(stream, 'data').catch(() => {})
  await Promise.race([data, once(stream, 'close').catch(() => {})])
  return { stream, destroy: () => socket.destroy(), [Symbol.dispose]: () => session.destroy() }
}

describe('a response over HTTP/2 that is not finished', () => {
  for (const [what, { act, error }] of Object.entries(BREACHES)) {
    it(`is broken by ${what}`, async () => {
      await using kit = await serveHttp2(act)
      using _client = await asked(kit.port)
      const [record] = await kit.ended(1)
      expect(record).toMatchObject({ outcome: 'broken' })
      expect(record?.error instanceof Error ? record.error.name : record?.error).toBe(error)
      expect(kit.lines).toMatchObject([{ level: 'error', msg: 'request failed', outcome: 'broken' }])
      expect(kit.sightline.stats()).toMatchObject({ errorRatio: 1, abortRatio: 0 })
    })
  }

  for (const [how, leave] of Object.entries(LEAVINGS)) {
    const acts: Record<string, Act> = {
      waits: begun(() => {}),
      'destroys the stream': begun((req, res) =>
        req.on('aborted', () => res.stream.destroy(new Error('left'))),
      ),
    }
    for (const [what, act] of Object.entries(acts)) {
      it(`is aborted by a client that ${how}, where the application ${what}`, async () => {
        await using kit = await serveHttp2(act)
        using client = await asked(kit.port)
        leave(client.stream, client.destroy)
        const [record] = await kit.ended(1)
        expect(record).toMatchObject({ outcome: 'aborted', status: 200 })
        expect(kit.lines).toMatchObject([{ level: 'warn', msg: 'request aborted' }])
      })
    }
  }

  it('is broken by an error that was reported before the client left', async () => {
    await using kit = await serveHttp2((req, res) => {
      res.write('partial')
      hostOf(kit.sightline)
        .observe({ req, res, route: () => '/', clientIp: () => undefined })
        .fail(new RangeError('first'))
    })
    using client = await asked(kit.port)
    client.stream.close(8)
    const [record] = await kit.ended(1)
    expect(record).toMatchObject({ outcome: 'broken', error: new RangeError('first') })
  })
})
