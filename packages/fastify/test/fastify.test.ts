import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:http2'
import { text } from 'node:stream/consumers'

import { expect, test } from '@jest/globals'
import { createSightline, type RequestRecord } from '@sightline/core'
import Fastify from 'fastify'

import sightline from '../src/index.ts'

/** A Sightline whose records can be waited for. */
function watched() {
  const records: RequestRecord[] = []
  const lines: string[] = []
  let arrived = () => {}
  const kit = createSightline({
    service: 'shop',
    log: { pretty: false, destination: { write: (line) => void lines.push(line) } },
    sinks: [
      {
        name: 'test',
        write(record) {
          records.push(record)
          arrived()
        },
      },
    ],
  })
  return {
    kit,
    records,
    lines,
    async ended(count: number) {
      while (records.length < count) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
    },
  }
}

test('counts injected requests once', async () => {
  const { kit, records, lines, ended } = watched()
  const app = Fastify()
  await app.register(sightline, { sightline: kit })
  app.get('/users/:id', async ({ id }) => ({ id }))
  app.get('/throws', async () => {
    throw new Error('thrown')
  })
  const reply = await app.inject({ url: '/users/7', headers: { 'x-request-id': 'r1' } })
  expect([reply.headers['x-request-id'], reply.json()]).toEqual(['r1', { id: 'r1' }])
  await app.inject('/throws')
  await app.inject({ method: 'HEAD', url: '/users/7' })
  await app.inject('/nowhere')
  await ended(4)
  expect(records.map(({ route, status, outcome }) => [route, status, outcome])).toEqual([
    ['/users/:id', 200, 'completed'],
    ['/throws', 500, 'completed'],
    ['/users/:id', 200, 'completed'],
    [undefined, 404, 'completed'],
  ])
  expect(lines).toHaveLength(4)
  expect(await kit.metrics.text()).toContain('http_requests_in_progress{method="GET"} 0\n')
  expect((await app.inject('/metrics')).statusCode).toBe(200)
  await app.close()
})

test('handles signals when it listens, and not when requests are injected', async () => {
  // A test runner's process is no service: it may not be told from one by what it has inherited.
  const { JEST_WORKER_ID: _, NODE_ENV: __, ...env } = process.env
  const service = fork(`${import.meta.dirname}/fixtures/injected.ts`, {
    env,
    execArgv: ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source'],
  })
  const [told] = await once(service, 'message')
  expect(told).toEqual({ before: 0, injected: 0, listening: 1 })
  await once(service, 'exit')
})

test('keeps the context in a body parser that was written without it', async () => {
  const { kit, lines, ended } = watched()
  const app = Fastify({ forceCloseConnections: true })
  await app.register(sightline, { sightline: kit })
  app.addContentTypeParser('text/odd', (_request, payload, done) => {
    payload.on('data', () => kit.log.info('a piece'))
    payload.on('end', () => {
      kit.log.info('the end')
      done(null, '')
    })
  })
  app.post('/odd', async () => {
    kit.log.info('the handler')
    return {}
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  for (const id of ['r1', 'r2']) {
    const headers = { 'content-type': 'text/odd', 'x-request-id': id }
    await (await fetch(`${origin}/odd`, { method: 'POST', headers, body: 'x' })).text()
  }
  await ended(2)
  await app.close()
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(told.map(({ request_id: id, msg }) => `${String(id)} ${String(msg)}`)).toEqual(
    ['r1', 'r2'].flatMap((id) =>
      ['a piece', 'the end', 'the handler', 'request completed'].map((msg) => `${id} ${msg}`),
    ),
  )
})

test('counts hijacked replies once, with the status that was sent', async () => {
  const { kit, records, ended } = watched()
  const app = Fastify({ forceCloseConnections: true })
  await app.register(sightline, { sightline: kit })
  app.get('/hijacked/:id', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(202).end('mine')
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const response = await fetch(`${origin}/hijacked/7`)
  expect([response.status, await response.text()]).toEqual([202, 'mine'])
  await ended(1)
  expect(records).toMatchObject([{ route: '/hijacked/:id', status: 202, outcome: 'completed' }])
  await app.close()
})

test('counts HTTP/2 streams once, aborted ones as such', async () => {
  const { kit, records, lines, ended } = watched()
  const app = Fastify({ http2: true, forceCloseConnections: true })
  await app.register(sightline, { sightline: kit })
  app.get('/users/:id', async ({ id }) => ({ id }))
  app.post('/echo', async ({ body }) => body)
  app.get('/throws', async () => {
    throw new Error('thrown')
  })
  app.get('/hangs', async (_request, reply) => {
    await once(reply.raw, 'close')
    return 'too late'
  })
  const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }))
  const call = async (headers: Record<string, string>, body?: string) => {
    const stream = session.request(headers, { endStream: body === undefined })
    if (body !== undefined) stream.end(body)
    const [answered] = await once(stream, 'response')
    return { headers: answered, body: await text(stream) }
  }
  const first = await call({ ':path': '/users/7', 'x-request-id': 'r1' })
  expect([first.headers[':status'], first.headers['x-request-id'], first.body]).toEqual([
    200,
    'r1',
    '{"id":"r1"}',
  ])
  await call({ ':path': '/echo', ':method': 'POST', 'content-type': 'application/json' }, '{"a":1}')
  await call({ ':path': '/throws' })
  await call({ ':path': '/users/7', ':method': 'HEAD' })
  await ended(4)
  const hanging = session.request({ ':path': '/hangs' })
  hanging.on('error', () => {})
  await once(app.server, 'stream')
  hanging.close(8)
  await ended(5)
  session.close()
  await app.close()
  expect(records.map(({ method, route, status, outcome }) => [method, route, status, outcome])).toEqual([
    ['GET', '/users/:id', 200, 'completed'],
    ['POST', '/echo', 200, 'completed'],
    ['GET', '/throws', 500, 'completed'],
    ['HEAD', '/users/:id', 200, 'completed'],
    ['GET', '/hangs', undefined, 'aborted'],
  ])
  expect(records[1]).toMatchObject({ requestBytes: 7, responseBytes: 7 })
  expect(lines).toHaveLength(5)
  expect(await kit.metrics.text()).toContain('http_requests_in_progress{method="GET"} 0\n')
})

test('is there for all parts of an application, wherever it was registered', async () => {
  const { kit, records, ended } = watched()
  const app = Fastify()
  await app.register(sightline, { sightline: kit })
  await app.register(async (part) => {
    await part.register(sightline, { sightline: kit })
    part.get('/part', async ({ server }) => ({ same: server.sightline === kit }))
  })
  expect((await app.inject('/part')).json()).toEqual({ same: true })
  await ended(1)
  expect(records).toHaveLength(1)
  await app.close()
})
