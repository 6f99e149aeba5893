import { type Socket, connect } from 'node:net'

import { afterEach, beforeEach, expect, it } from '@jest/globals'

import { type ClientRegistry, createSightline, type Sightline } from '../src/index.ts'

let sightline: Sightline
let registry: ClientRegistry
let port: number

beforeEach(async () => {
  registry = { getMetricsAsJSON: async () => [] }
  sightline = createSightline({
    service: 'test',
    log: { level: 'silent' },
    metrics: { registries: [registry] },
    management: { port: 0 },
  })
  port = Number(new URL(String(await sightline.management?.listening())).port)
})
afterEach(() => sightline.close())

/** A connection on which anything can be sent, and what has come back on it. */
class Wire implements Disposable {
  readonly socket: Socket
  received = ''
  /** When the first byte of an answer has come, or the end without one. */
  readonly answered: Promise<void>
  readonly ended: Promise<void>

  constructor(sent = '') {
    const answered = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    this.answered = answered.promise
    this.ended = ended.promise
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('data', (piece) => {
      this.received += String(piece)
      answered.resolve()
    })
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      answered.resolve()
      ended.resolve()
    })
    this.socket.write(sent)
  }

  get status(): number {
    return Number(this.received.split(' ')[1])
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}

/** A request as bytes. */
function request(line: string, ...headers: readonly string[]): string {
  return [line, 'host: localhost', ...headers, '', ''].join('\r\n')
}

it.each<[what: string, bytes: string, status: number]>([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['no host', 'GET /metrics HTTP/1.1\r\n\r\n', 400],
  ['two lengths of a body', request('POST /loggers HTTP/1.1', 'content-length: 5', 'content-length: 6'), 400],
  [
    'a length and chunks',
    request('POST /loggers HTTP/1.1', 'content-length: 5', 'transfer-encoding: chunked'),
    400,
  ],
  ['a header with a line feed', request('GET /metrics HTTP/1.1', 'x: a\nb'), 400],
  ['headers of 9 KB', request('GET /metrics HTTP/1.1', `x: ${'y'.repeat(9_000)}`), 431],
  ['headers of 1 MB', request('GET /metrics HTTP/1.1', `x: ${'y'.repeat(1_000_000)}`), 431],
  [
    '5,000 headers',
    request('GET /metrics HTTP/1.1', ...Array.from({ length: 5_000 }, (_, i) => `x${i}: y`)),
    431,
  ],
  ['a path of 9 KB', request(`GET /${'y'.repeat(9_000)} HTTP/1.1`), 431],
  ['DELETE', request('DELETE /metrics HTTP/1.1'), 405],
  ['TRACE', request('TRACE /health HTTP/1.1'), 405],
  ['CONNECT', request('CONNECT localhost:80 HTTP/1.1'), 405],
  ['OPTIONS of the server', request('OPTIONS * HTTP/1.1'), 404],
  ['an unknown path', request('GET /admin HTTP/1.1'), 404],
  ['an encoded path', request('GET /%6Detrics HTTP/1.1'), 404],
  ['a path with another one in it', request('GET /health/../metrics HTTP/1.1'), 404],
  ['a path that breaks parsers', request('GET //x:y@[/metrics HTTP/1.1'), 404],
  ['a name of every object', request('GET __proto__ HTTP/1.1'), 400],
  ['a proxy request', request('GET http://10.0.0.7/metrics HTTP/1.1'), 404],
  ['an upgrade', request('GET /socket HTTP/1.1', 'connection: upgrade', 'upgrade: websocket'), 404],
  ['an unknown expectation', request('GET /metrics HTTP/1.1', 'expect: a miracle'), 417],
  [
    'a body that is said to be too long',
    `${request('POST /loggers HTTP/1.1', 'content-length: 9999999')}{`,
    413,
  ],
])('answers %s, without waiting for more', async (_, bytes, status) => {
  using wire = new Wire(bytes)
  await wire.answered
  // It would be 408 where the server had waited.
  expect(wire.status).toBe(status)
})

it('ends headers and bodies that do not arrive', async () => {
  using headers = new Wire('GET /metrics HTTP/1.1\r\nhost: lo')
  using body = new Wire(`${request('POST /loggers HTTP/1.1', 'content-length: 100')}{`)
  using nothing = new Wire()
  await Promise.all([headers.ended, body.ended, nothing.ended])
  expect([headers.status, body.status]).toEqual([408, 408])
})

it('answers while 1,000 connections wait, and lets go of the oldest of them', async () => {
  const wires = Array.from({ length: 1_000 }, (_, i) => new Wire(i % 2 ? 'GET /metrics HT' : ''))
  const enough = Promise.withResolvers<void>()
  let gone = 0
  for (const { ended } of wires) void ended.then(() => ++gone === 700 && enough.resolve())
  await enough.promise
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  expect(response.status).toBe(200)
  await response.text()
  for (const wire of wires) wire.socket.destroy()
})

it('tells scrapers to come again while too many wait for their answer, and still answers probes', async () => {
  const collected = Promise.withResolvers<void>()
  registry.getMetricsAsJSON = async () => {
    await collected.promise
    return []
  }
  const wires = Array.from({ length: 16 }, () => new Wire(request('GET /metrics HTTP/1.1')))
  const refused = await untilRefused('/metrics')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200)

  collected.resolve()
  await untilAnswered('/metrics')
  for (const wire of wires) wire.socket.destroy()
})

/** The requests before may not have been read yet: one that is let in instead of them makes room again. */
async function untilRefused(path: string): Promise<Response> {
  const end = Date.now() + 60_000
  for (let patienceMs = 200; ; patienceMs *= 2) {
    try {
      return await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(patienceMs) })
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}

/** The server learns of a connection's end by itself: it has no way to tell. */
async function untilAnswered(path: string): Promise<void> {
  const end = Date.now() + 60_000
  while ((await fetch(`http://127.0.0.1:${port}${path}`)).status !== 200)
    if (Date.now() > end) throw new Error(`${path} is still refused`)
}
