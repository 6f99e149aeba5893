import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'

import { describe, expect, test } from '@jest/globals'

import { Refusal } from '../../src/ingest/refusal.ts'
import { ask, startEdge } from '../edge/edge.ts'
import { statusOf, verdictOf } from '../edge/messages.ts'

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'
const post = (type: string, body: string | Uint8Array, more = {}) => ({
  method: 'POST',
  headers: { 'content-type': type, ...more },
  body,
})

describe.each([
  ['traces', 'rejectedSpans'],
  ['metrics', 'rejectedDataPoints'],
  ['logs', 'rejectedLogRecords'],
] as const)('/v1/%s', (signal, counted) => {
  test.each([PROTOBUF, JSON_TYPE])('answers %s with an empty message of the same type', async (type) => {
    const edge = await startEdge()
    const said = await ask(edge.port, `/v1/${signal}`, post(type, '{}'))
    expect(said).toMatchObject({ status: 200, body: type === JSON_TYPE ? '{}' : '' })
    expect(said.headers['content-type']).toBe(type)
    expect(edge.taken).toMatchObject([
      { signal, encoding: type === JSON_TYPE ? 'json' : 'protobuf', gzip: false },
    ])
    expect(Buffer.from(edge.taken[0]?.body ?? []).toString()).toBe('{}')
  })

  test.each([PROTOBUF, JSON_TYPE])('hands on a body of %s compressed as it came', async (type) => {
    const edge = await startEdge()
    const body = gzipSync('{}')
    const said = await ask(
      edge.port,
      `/v1/${signal}`,
      post(`${type}; charset=utf-8`, body, { 'content-encoding': 'gzip' }),
    )
    expect(said.status).toBe(200)
    expect(edge.taken).toMatchObject([{ signal, gzip: true }])
    expect(Buffer.from(edge.taken[0]?.body ?? [])).toEqual(body)
  })

  test.each([PROTOBUF, JSON_TYPE])('tells of rejected items in a partial success of %s', async (type) => {
    const edge = await startEdge({
      take: () => Promise.resolve({ rejected: 300, reason: 'ids are missing' }),
    })
    const said = await ask(edge.port, `/v1/${signal}`, post(type, '{}'))
    expect(said.status).toBe(200)
    expect(verdictOf(said)).toEqual({ rejected: 300, message: 'ids are missing' })
    if (type === JSON_TYPE) expect(JSON.parse(said.body)).toHaveProperty(`partialSuccess.${counted}`, '300')
  })
})

/** The table of the other answers: what is asked, the status, and the code of `google.rpc.Status`. */
describe.each([PROTOBUF, JSON_TYPE])('refusals in %s', (type) => {
  test('a body that cannot be decoded gets 400', async () => {
    const refusal = { status: 400, reason: 'undecodable', message: 'The body is no export request.' } as const
    const edge = await startEdge({ take: () => Promise.reject(new Refusal(refusal)) })
    const said = await ask(edge.port, '/v1/traces', post(type, 'x'))
    expect(said.status).toBe(400)
    expect(said.headers['content-type']).toBe(type)
    expect(statusOf(said)).toEqual({ code: 3, message: 'The body is no export request.' })
    expect(edge.refusals).toEqual(['traces undecodable'])
  })

  test('an announced body above the limit gets 413 and is not taken', async () => {
    const edge = await startEdge({ maxBytes: 1_000 })
    const said = await ask(
      edge.port,
      '/v1/logs',
      post(type, Buffer.alloc(1_001), { 'content-length': 1_001 }),
    )
    expect(said.status).toBe(413)
    expect(statusOf(said)).toEqual({ code: 8, message: 'A body may have at most 1000 bytes.' })
    expect(edge.taken).toEqual([])
  })

  test('a body in chunks above the limit gets 413 and leaves nothing in flight', async () => {
    const edge = await startEdge({ maxBytes: 1_000 })
    const said = await ask(
      edge.port,
      '/v1/logs',
      post(type, Buffer.alloc(200_000), { 'transfer-encoding': 'chunked' }),
    )
    expect(said.status).toBe(413)
    expect(edge.admission).toMatchObject({ bytes: 0, requests: 0 })
  })

  test('another method gets 405', async () => {
    const edge = await startEdge()
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const said = await ask(edge.port, '/v1/traces', { method, headers: { 'content-type': type } })
      expect(said.status).toBe(405)
      expect(said.headers.allow).toBe('POST')
      expect(statusOf(said).code).toBe(12)
    }
  })

  test('another content coding gets 415', async () => {
    const edge = await startEdge()
    const said = await ask(edge.port, '/v1/traces', post(type, 'x', { 'content-encoding': 'br' }))
    expect(said.status).toBe(415)
    expect(said.headers['accept-encoding']).toBe('gzip, identity')
    expect(statusOf(said).code).toBe(3)
  })

  test('a client with too much data in flight gets 429 with Retry-After', async () => {
    const edge = await startEdge({ admission: { clientBytes: 1_000, totalBytes: 2_000 } })
    const said = await ask(edge.port, '/v1/traces', post(type, Buffer.alloc(1_001)))
    expect(said.status).toBe(429)
    expect(said.headers['retry-after']).toBe('1')
    expect(statusOf(said).code).toBe(8)
    expect(edge.admission).toMatchObject({ bytes: 0, requests: 0 })
  })

  test('too much data in flight of all clients gets 503 with Retry-After', async () => {
    const edge = await startEdge({ admission: { clientBytes: 4_000, totalBytes: 1_000 } })
    const said = await ask(edge.port, '/v1/traces', post(type, Buffer.alloc(1_001)))
    expect(said.status).toBe(503)
    expect(said.headers['retry-after']).toBe('1')
    expect(statusOf(said).code).toBe(14)
  })

  test('a queue that would take too long gets 503 with the time that it needs', async () => {
    const edge = await startEdge({ waitMs: () => 3_500 })
    const said = await ask(edge.port, '/v1/metrics', post(type, 'x'))
    expect(said.status).toBe(503)
    expect(said.headers['retry-after']).toBe('4')
    expect(edge.taken).toEqual([])
  })

  test('a full disk gets 503 with Retry-After', async () => {
    const refusal = {
      status: 503,
      reason: 'disk_full',
      message: 'The disk is full.',
      retryAfter: 30,
    } as const
    const edge = await startEdge({ take: () => Promise.reject(new Refusal(refusal)) })
    const said = await ask(edge.port, '/v1/traces', post(type, 'x'))
    expect(said.status).toBe(503)
    expect(said.headers['retry-after']).toBe('30')
    expect(statusOf(said)).toEqual({ code: 14, message: 'The disk is full.' })
  })

  test('a fault of the hub gets 500 and is reported', async () => {
    const fault = new Error('a fault')
    const edge = await startEdge({ take: () => Promise.reject(fault) })
    const said = await ask(edge.port, '/v1/traces', post(type, 'x'))
    expect(said.status).toBe(500)
    expect(statusOf(said).message).not.toContain('a fault')
    expect(edge.faults).toEqual([fault])
  })

  test('a wrong token gets 401', async () => {
    const edge = await startEdge({ token: 'a-token-for-ingest' })
    for (const authorization of [undefined, 'Bearer wrong', 'Basic YTpi', 'Bearer a-token-for-ingest2']) {
      const said = await ask(
        edge.port,
        '/v1/traces',
        post(type, 'x', authorization === undefined ? {} : { authorization }),
      )
      expect(said.status).toBe(401)
      expect(statusOf(said).code).toBe(16)
    }
    const right = await ask(
      edge.port,
      '/v1/traces',
      post(type, 'x', { authorization: 'Bearer a-token-for-ingest' }),
    )
    expect(right.status).toBe(200)
    expect(edge.taken).toHaveLength(1)
  })

  test('an unknown path gets 404', async () => {
    const edge = await startEdge()
    for (const path of ['/v1/profiles', '/v1/', '/v1/__proto__', '/v1/traces/'])
      expect(await ask(edge.port, path, post(type, 'x'))).toMatchObject({ status: 404 })
  })
})

test('another content type gets 415, in JSON', async () => {
  const edge = await startEdge()
  for (const type of ['text/plain', 'application/grpc', 'application/jsonx', '']) {
    const said = await ask(edge.port, '/v1/traces', post(type, 'x'))
    expect(said.status).toBe(415)
    expect(statusOf(said).code).toBe(3)
  }
})

test('a client that leaves in the middle of a body leaves nothing in flight', async () => {
  const edge = await startEdge()
  const socket = connect(edge.port, '127.0.0.1')
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
  )
  while (edge.admission.bytes === 0) await new Promise(setImmediate)
  socket.destroy()
  while (edge.admission.requests > 0) await new Promise(setImmediate)
  expect(edge.admission.bytes).toBe(0)
  expect(edge.taken).toEqual([])
})

describe('browsers', () => {
  const origin = 'https://shop.example'
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-app',
    },
  }

  test('are refused where no origins are configured', async () => {
    const edge = await startEdge()
    const asked = await ask(edge.port, '/v1/traces', preflight)
    expect(asked.status).toBe(403)
    const said = await ask(edge.port, '/v1/traces', post(JSON_TYPE, '{}', { origin }))
    expect(said.status).toBe(403)
    for (const { headers } of [asked, said]) expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(edge.taken).toEqual([])
  })

  test('may send from a configured origin, after a preflight that needs no token', async () => {
    const edge = await startEdge({ origins: ['https://shop.example/'], token: 'a-token-for-ingest' })
    const asked = await ask(edge.port, '/v1/traces', preflight)
    expect(asked.status).toBe(204)
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type,x-app',
      vary: 'origin',
    })
    const authorization = 'Bearer a-token-for-ingest'
    const said = await ask(edge.port, '/v1/traces', post(JSON_TYPE, '{}', { origin, authorization }))
    expect(said.status).toBe(200)
    expect(said.headers['access-control-allow-origin']).toBe(origin)
  })

  test('may not send from an origin that is not configured', async () => {
    const edge = await startEdge({ origins: ['https://other.example'] })
    expect(await ask(edge.port, '/v1/traces', preflight)).toMatchObject({ status: 403 })
  })

  test('may send from anywhere where the origin is a star', async () => {
    const edge = await startEdge({ origins: ['*'] })
    expect(await ask(edge.port, '/v1/logs', preflight)).toMatchObject({ status: 204 })
  })
})

test('an HTTP/2 client gets GOAWAY, and the log one line that names http/protobuf', async () => {
  const edge = await startEdge()
  for (let round = 0; round < 2; round++) {
    const session = connectHttp2(edge.url)
    session.on('error', () => undefined)
    const goAway = once(session, 'goaway')
    const stream = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    })
    stream.on('error', () => undefined)
    const [code, , text] = (await goAway) as [number, number, Buffer]
    expect(code).toBe(13)
    expect(text.toString()).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf')
    session.destroy()
  }
  expect(edge.lines).toHaveLength(1)
  expect(edge.lines[0]).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf')
})
