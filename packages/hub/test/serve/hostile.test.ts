import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

import { afterEach, expect, test } from '@jest/globals'

import { ask, startEdge } from '../edge/edge.ts'

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  sockets.push(socket)
  return socket
}

/** Sends bytes as they are. Resolves to the first line of the answer, which is empty where there is none. */
function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = open(port)
  socket.write(bytes)
  return new Promise((resolve) => {
    socket.once('data', (answer: Buffer) => resolve(answer.toString('latin1').split('\r\n', 1)[0] ?? ''))
    socket.once('close', () => resolve(''))
  })
}

/** Resolves when a socket has closed, with or without an error. */
function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

const get = (target: string, headers = 'host: localhost\r\n') => `GET ${target} HTTP/1.1\r\n${headers}\r\n`

test('odd request targets get an answer, and none of them a file or a fault', async () => {
  const { port, faults } = await startEdge()
  const targets = [
    '//x:y@[/',
    '/%ZZ',
    '/%00',
    '/..%2f..%2fetc/passwd',
    '/../../etc/passwd',
    '/\\',
    '/?%ZZ',
    '/;',
    '/__proto__',
    '/constructor',
    '//',
  ]
  for (const target of targets)
    expect([target, await raw(port, get(target))]).toEqual([
      target,
      expect.stringMatching(/^HTTP\/1.1 (?:404|200|400) /),
    ])
  expect(await raw(port, get('http://localhost/'))).toMatch(/ 400 /)
  expect(await raw(port, get('*'))).toMatch(/ 400 /)
  expect(await raw(port, 'OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n')).toMatch(/ 400 /)
  expect(await raw(port, 'CONNECT localhost:1 HTTP/1.1\r\nhost: localhost\r\n\r\n')).toBe('')
  expect(faults).toEqual([])
  expect(await ask(port, '/health/live')).toMatchObject({ status: 200 })
})

test('long targets, large headers and invalid requests are refused', async () => {
  const { port } = await startEdge()
  expect(await raw(port, get(`/${'a'.repeat(26_000)}`))).toMatch(/ 414 /)
  expect(await raw(port, get('/', `host: localhost\r\nx-long: ${'a'.repeat(33_000)}\r\n`))).toMatch(/ 431 /)
  expect(await raw(port, get('/', ''))).toMatch(/ 400 /)
  expect(await raw(port, get('/', 'host:\r\n'))).toMatch(/ 403 /)
  expect(await raw(port, 'nonsense\r\n\r\n')).toMatch(/ 400 /)
  expect(await raw(port, Buffer.from([0x16, 0x03, 0x01, 0x00, 0xa5]))).toMatch(/ 400 /)
  expect(
    await raw(port, get('/', 'host: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n')),
  ).toMatch(/ 400 /)
  expect(await ask(port, '/health/live')).toMatchObject({ status: 200 })
})

test('1,000 idle sockets and 200 unfinished bodies do not keep others from being served', async () => {
  const { port, admission } = await startEdge()
  const opened = Array.from({ length: 1_000 }, () => open(port))
  await Promise.all(opened.map((socket) => once(socket, 'connect')))
  for (const socket of opened.slice(0, 200))
    socket.write(
      'POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    )
  while (admission.requests < 200) await new Promise(setImmediate)
  for (let index = 0; index < 20; index++)
    expect(await ask(port, '/health/live')).toMatchObject({ status: 200 })
  for (const socket of opened) socket.destroy()
  while (admission.requests > 0) await new Promise(setImmediate)
  expect(admission.bytes).toBe(0)
})

test('idle connections give way to new ones at the limit of connections', async () => {
  const { port } = await startEdge({ maxConnections: 10 })
  const opened = Array.from({ length: 10 }, () => open(port))
  for (const socket of opened) {
    socket.write(get('/health/live'))
    await once(socket, 'data')
  }
  await expect(ask(port, '/health/live')).rejects.toThrow(/socket hang up|ECONNRESET/)
  await Promise.all(opened.map(gone))
  expect(await ask(port, '/health/live')).toMatchObject({ status: 200 })
})

test('a body that goes on after its refusal is cut off, and others are served', async () => {
  const { port } = await startEdge({ maxBytes: 1_000 })
  const socket = open(port)
  socket.write(
    'POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
  )
  const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1_048_576), Buffer.from('\r\n')])
  const answered = once(socket, 'data')
  const closed = gone(socket)
  const send = () => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('drain', send)
  send()
  expect(String((await answered)[0])).toMatch(/^HTTP\/1.1 413 /)
  await closed
  expect(await ask(port, '/health/live')).toMatchObject({ status: 200 })
})

test('every answer has the headers that keep browsers safe', async () => {
  const { port } = await startEdge()
  for (const path of ['/', '/nothing', '/api/hub', '/health/live', '/v1/traces', '/metrics', '/login']) {
    const { headers } = await ask(port, path)
    expect(headers['content-security-policy']).toMatch(/^default-src 'self'; frame-ancestors 'none'/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe(path === '/login' ? 'same-origin' : 'no-referrer')
  }
})
