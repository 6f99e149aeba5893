import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Duplex, Writable } from 'node:stream'

import { expect, it } from '@jest/globals'
import { createSecrets } from '@sightline/secrets'

import { createPrinter } from '../src/printing/printer.ts'

const printer = createPrinter(createSecrets([]))
const SECRET = 'hunter2'
const HEADERS = { 'X-Api-Key': SECRET, Cookie: `sid=${SECRET}`, Accept: 'x' }
const SHOWN = { 'x-api-key': '[redacted]', cookie: '[redacted]', accept: 'x' }

/** All four ends of one exchange of HTTP/1. */
async function exchange(headers: object) {
  const server = createServer(
    (_req, res) => void res.writeHead(201, { 'Set-Cookie': `sid=${SECRET}`, 'x-a': '1' }).end(),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const arrived = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path: `/a?token=${SECRET}`,
    method: 'PUT',
    agent: false,
    headers: headers as Record<string, string>,
  })
  const answered = once(outgoing.end(), 'response') as Promise<[IncomingMessage]>
  const [incoming, answering] = await arrived
  const [answer] = await answered
  answer.resume()
  await once(answer, 'end')
  server.close()
  await once(server, 'close')
  return { port, outgoing, incoming, answering, answer }
}

it('shows a few fields of what node has of an exchange, at both of its ends', async () => {
  const { port, outgoing, incoming, answering, answer } = await exchange(HEADERS)
  expect(printer.value(outgoing)).toEqual({
    method: 'PUT',
    url: `http://127.0.0.1:${port}/a?token=[redacted]`,
    status: 201,
    headers: expect.objectContaining(SHOWN),
  })
  expect(printer.value(incoming)).toEqual({
    method: 'PUT',
    url: '/a?token=[redacted]',
    headers: expect.objectContaining(SHOWN),
  })
  expect(printer.value(answering)).toEqual({
    status: 201,
    headers: expect.objectContaining({ 'set-cookie': '[redacted]', 'x-a': '1' }),
  })
  expect(printer.value(answer)).toEqual({
    status: 201,
    headers: expect.objectContaining({ 'set-cookie': '[redacted]' }),
  })
  // Also where one is the line itself, or hangs on an error.
  expect(printer.fields(outgoing)).toEqual(printer.value(outgoing))
  const error = Object.assign(new Error('failed'), { request: outgoing, response: answer })
  const shown = JSON.stringify(printer.value(error))
  expect(shown).not.toContain(SECRET)
  expect(shown.length).toBeLessThan(4_000)
})

it('knows the headers of a request that were given as a list', async () => {
  const { outgoing } = await exchange(['X-Api-Key', SECRET, 'Host', 'h.test', 'Accept', 'x'])
  expect(printer.value(outgoing)).toMatchObject({
    headers: { 'x-api-key': '[redacted]', host: 'h.test', accept: 'x' },
  })
})

it('shows a few fields of streams of HTTP/2, at both ends', async () => {
  const server = createHttp2Server()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const arrived = once(server, 'stream') as Promise<[ServerHttp2Stream]>
  const outgoing = session.request({ ':path': `/a?token=${SECRET}`, 'x-api-key': SECRET })
  const [incoming] = await arrived
  incoming.respond({ ':status': 201, 'set-cookie': `sid=${SECRET}`, 'x-a': '1' })
  incoming.end()
  await once(outgoing, 'response')
  expect(printer.value(outgoing)).toMatchObject({
    method: 'GET',
    url: '/a?token=[redacted]',
    headers: { 'x-api-key': '[redacted]' },
  })
  expect(printer.value(incoming)).toMatchObject({
    status: 201,
    headers: { 'set-cookie': '[redacted]', 'x-a': '1' },
  })
  expect(JSON.stringify(printer.value({ outgoing, incoming, session }))).not.toContain(SECRET)
  outgoing.resume()
  await once(outgoing, 'close')
  session.close()
  server.close()
  await once(server, 'close')
})

it('shows a few fields of requests and responses of the fetch standard', () => {
  expect(
    printer.value(
      new Request(`https://h.test/a?token=${SECRET}`, { method: 'POST', headers: HEADERS, body: 'x' }),
    ),
  ).toEqual({
    method: 'POST',
    url: 'https://h.test/a?token=[redacted]',
    headers: expect.objectContaining({ 'x-api-key': '[redacted]', accept: 'x' }),
  })
  expect(printer.value(new Response('x', { status: 404, headers: { 'x-api-key': SECRET } }))).toEqual({
    status: 404,
    headers: expect.objectContaining({ 'x-api-key': '[redacted]' }),
  })
})

it('shows the request behind that of a library, and of any other stream its name', async () => {
  const { outgoing } = await exchange(HEADERS)
  class RedirectableRequest extends Writable {
    readonly _options = { headers: HEADERS, path: `/a?token=${SECRET}` }
    readonly _currentRequest = outgoing
  }
  expect(printer.value(new RedirectableRequest())).toEqual(printer.value(outgoing))
  expect(printer.value(new Duplex())).toBe('[Duplex]')
  expect(printer.value({ socket: outgoing.socket })).toEqual({ socket: '[Socket]' })
})

it('shows the plain requests of undici', () => {
  const undici = {
    method: 'GET',
    origin: 'https://h.test',
    path: `/a?token=${SECRET}`,
    headers: ['X-Api-Key', SECRET],
  }
  class UndiciRequest {
    readonly body = SECRET
    constructor() {
      Object.assign(this, undici)
    }
  }
  expect(printer.value(new UndiciRequest())).toEqual({
    method: 'GET',
    url: 'https://h.test/a?token=[redacted]',
    headers: ['X-Api-Key', '[redacted]'],
  })
})
