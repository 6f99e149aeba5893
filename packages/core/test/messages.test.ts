import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'

import { describe, expect, it } from '@jest/globals'
import { createSightline, type LogOptions } from '@sightline/core'
import { hostOf } from '@sightline/core/adapter'

type Handler = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>

interface Asked {
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

/** Asks a service once, and returns its access event and what the client got. */
async function ask(log: LogOptions, handler: Handler, { headers = {}, body }: Asked = {}) {
  const lines: string[] = []
  const sightline = createSightline({
    log: { ...log, destination: { write: (line) => void lines.push(line) } },
  })
  const server = createServer((req, res) => {
    hostOf(sightline)
      .observe({ req, res, route: () => '/echo', clientIp: () => undefined })
      .run(() => void handler(req, res))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sent = request({
    host: '127.0.0.1',
    port,
    method: body === undefined ? 'GET' : 'POST',
    headers,
    agent: false,
  })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const got = await text(response)
  server.close()
  await once(server, 'close')
  await sightline.close()
  return { event: JSON.parse(lines.at(-1) as string) as Record<string, unknown>, got, response }
}

const echo: Handler = async (req, res) => {
  const sent = await text(req)
  res.writeHead(200, {
    'Content-Type': req.headers['content-type'] ?? 'text/plain',
    'Set-Cookie': 'sid=hunter22',
  })
  res.end(sent)
}
const json = { 'content-type': 'application/json; charset=utf-8' }

describe('headers in the access event', () => {
  it('are there where they are asked for, masked, and as they went out', async () => {
    const { event } = await ask({ headers: true }, echo, {
      headers: { ...json, authorization: 'Bearer hunter22', 'x-tenant': 'acme' },
      body: '{}',
    })
    expect(event.request_headers).toMatchObject({ 'x-tenant': 'acme', authorization: '[redacted]' })
    expect(event.response_headers).toMatchObject({
      'content-type': json['content-type'],
      'x-request-id': event.request_id,
      'set-cookie': '[redacted]',
    })
    expect(JSON.stringify(event)).not.toContain('hunter22')
  })

  it('are only those that were named', async () => {
    const { event } = await ask({ headers: ['X-Tenant'] }, echo, {
      headers: { 'x-tenant': 'acme', 'x-other': '1' },
    })
    expect(event).toMatchObject({ request_headers: { 'x-tenant': 'acme' }, response_headers: {} })
  })

  it('are not there where nobody has asked', async () => {
    const { event } = await ask({}, echo)
    expect(Object.keys(event).filter((name) => /headers|body/.test(name))).toEqual([])
  })
})

describe('bodies in the access event', () => {
  it('are JSON, with secrets masked at any depth', async () => {
    const body = JSON.stringify({ user: 'ada', login: [{ password: 'hunter22' }] })
    const { event, got } = await ask({ bodies: true }, echo, { headers: json, body })
    const shown = { user: 'ada', login: [{ password: '[redacted]' }] }
    expect(event).toMatchObject({ request_body: shown, response_body: shown })
    expect(got).toBe(body)
  })

  it('are the fields of forms', async () => {
    const { event } = await ask({ bodies: true }, echo, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'user=ada&password=hunter22',
    })
    expect(event.request_body).toEqual({ user: 'ada', password: '[redacted]' })
  })

  it('are texts, as far as they are kept', async () => {
    const { event, got } = await ask({ bodies: { maxBytes: 5 } }, echo, {
      headers: { 'content-type': 'text/plain' },
      body: 'hello world',
    })
    expect(event.request_body).toBe('hello… (6 more bytes)')
    expect(got).toBe('hello world')
  })

  it.each([
    ['just before what tells it', 'postgres://ada:hunter22', '@db/shop', 'postgres://ada:'],
    ['far before what tells it', 'postgres://ada:hunter22', `${'x'.repeat(400)}@db`, 'postgres://ada:'],
    ['within it', 'Bearer hun', 'ter22', 'Bearer '],
    [
      'once more, where all that is read to mask it ends',
      'token=hunter22hunter22 '.repeat(200),
      `${'.'.repeat(1_009)}://ada:hunter22@db`,
      'token=[redacted]',
    ],
  ])('are texts in which no secret is seen that is cut %s', async (_where, shown, rest, begins) => {
    const body = shown + rest + ' and on'.repeat(500)
    const { event, got } = await ask({ bodies: { maxBytes: shown.length } }, echo, {
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body,
    })
    expect(event.request_body).toEqual(expect.stringMatching(/^(?!.*hun)/))
    expect(String(event.request_body).startsWith(begins)).toBe(true)
    expect(event.request_body).toContain(`… (${body.length - shown.length} more bytes)`)
    expect(got).toBe(body)
  })

  it('are cut between two letters, whatever those are long', async () => {
    const { event } = await ask({ bodies: { maxBytes: 7 } }, echo, {
      headers: { 'content-type': 'text/plain' },
      body: 'grün🦊🦊',
    })
    expect(event.request_body).toBe('grün… (6 more bytes)')
  })

  it.each([
    [
      'JSON that is too long to be taken apart',
      json,
      `{"password":"${'x'.repeat(5_000)}"}`,
      '[application/json: 5015 bytes]',
    ],
    ['JSON that is none', json, '{"password":"hunter22"', '[application/json: 22 bytes]'],
    [
      'what is packed',
      { ...json, 'content-encoding': 'gzip' },
      gzipSync('{"a":1}'),
      /^\[application\/json, gzip: \d+ bytes\]$/,
    ],
    [
      'XML, whose fields nobody looks for',
      { 'content-type': 'text/xml; charset=utf-8' },
      '<password>hunter2</password>',
      '[text/xml: 28 bytes]',
    ],
    ['tables', { 'content-type': 'text/csv' }, 'user,password\nada,hunter2', '[text/csv: 25 bytes]'],
    ['what is neither', { 'content-type': 'image/png' }, Buffer.alloc(9), '[image/png: 9 bytes]'],
    ['what has no type', {}, 'hunter22', '[no type: 8 bytes]'],
  ])('tell no more than the length of %s', async (_, headers, body, shown) => {
    const { event } = await ask({ bodies: true }, (_req, res) => void res.end(), {
      headers,
      body,
    })
    expect(event.request_body).toEqual(typeof shown === 'string' ? shown : expect.stringMatching(shown))
  })

  it('are whole that were sent in pieces', async () => {
    const { event, got } = await ask({ bodies: true }, (_req, res) => {
      res.setHeader('content-type', 'application/json')
      res.write('{"a":')
      res.write(Buffer.from('[1,'))
      res.end('2]}')
    })
    expect(event).toMatchObject({ response_body: { a: [1, 2] }, response_bytes: 11 })
    expect(got).toBe('{"a":[1,2]}')
  })

  it('are those of the routes that were named', async () => {
    const { event } = await ask({ bodies: { routes: ['/other'] } }, echo, { headers: json, body: '{}' })
    expect(event.request_body).toBeUndefined()
  })

  it('are counted and kept once over HTTP/2', async () => {
    const lines: string[] = []
    const sightline = createSightline({
      log: { bodies: true, destination: { write: (line) => void lines.push(line) } },
    })
    const server = http2.createServer((req, res) => {
      hostOf(sightline).observe({ req, res, route: () => '/', clientIp: () => undefined })
      res.setHeader('content-type', 'text/plain')
      res.write('hello ')
      res.end('world')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    expect(await text(client.request({ ':path': '/' }))).toBe('hello world')
    client.close()
    server.close()
    await once(server, 'close')
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({
      response_body: 'hello world',
      response_bytes: 11,
    })
    await sightline.close()
  })
})
