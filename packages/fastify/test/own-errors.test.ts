import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'

import { describe, expect, it } from '@jest/globals'
import { createSightline } from '@sightline/core'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

import sightline from '../src/index.ts'
import { type Line, written } from './written.ts'

/** Asks over a socket, and waits until the connection has ended, whoever ends it. */
async function ask(app: FastifyInstance, path: string, leaveAtOnce = false): Promise<void> {
  const { port } = app.server.address() as AddressInfo
  const asked = request({
    port,
    host: '127.0.0.1',
    path,
    headers: { 'x-request-id': 'abc', connection: 'close' },
  })
  const closed = new Promise((resolve) => void asked.once('close', resolve))
  asked.on('error', () => {})
  asked.on('response', (response) => {
    response.on('error', () => {})
    if (leaveAtOnce) asked.destroy()
    else response.resume()
  })
  asked.end()
  await closed
}

/** The lines that tell of an error. */
const errorsOf = (lines: readonly Line[]) =>
  lines
    .filter(({ err }) => err !== undefined)
    .map(({ level, request_id: id, msg, err }) => ({ level, id, msg, error: (err as Error).message }))

/** What Fastify writes only after the response. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setImmediate(resolve))
}

describe.each([
  ["Fastify's logger on", true],
  ["Fastify's logger off", false],
])('with %s', (_name, isOn) => {
  const error = isOn ? 50 : 'error'
  const warn = isOn ? 40 : 'warn'
  /** An application that listens, and what it writes; its own lines are left out. */
  async function serving(build: (app: FastifyInstance) => void, options: object = {}) {
    const { app, kit, lines, records } = written(options, isOn)
    await app.register(sightline, { sightline: kit })
    build(app)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      app,
      records,
      lines: () => lines().filter(({ msg }) => !String(msg).startsWith('Server listening')),
    }
  }

  it.each<[string, (app: FastifyInstance) => void]>([
    ['a promise', (app) => app.addHook('onResponse', () => Promise.reject(new Error('audit trail is full')))],
    [
      'a callback',
      (app) => app.addHook('onResponse', (_request, _reply, done) => done(new Error('audit trail is full'))),
    ],
  ])('tells the error of an onResponse hook by %s in a line of its own', async (_what, build) => {
    const { app, lines } = await serving((each) => {
      build(each)
      each.get('/', async () => 'hello')
    })
    await ask(app, '/')
    await until(() => lines().length === 2)
    expect(lines()).toMatchObject([{ msg: 'request completed' }, {}])
    expect(errorsOf(lines())).toMatchObject([{ level: error, id: 'abc', error: 'audit trail is full' }])
    await app.close()
  })

  it.each<[string, (app: FastifyInstance) => void]>([
    ['a handler', (app) => app.get('/', () => Promise.reject(new Error('lost')))],
    [
      'an onSend hook',
      (app) => {
        app.addHook('onSend', () => Promise.reject(new Error('lost')))
        app.get('/', async () => 'hello')
      },
    ],
    [
      'a serializer',
      (app) =>
        app.get(
          '/',
          {
            serializerCompiler: () => () => {
              throw new Error('lost')
            },
            schema: { response: { 200: {} } },
          },
          async () => ({}),
        ),
    ],
    [
      'a stream before its first byte',
      (app) =>
        app.get(
          '/',
          async () =>
            new Readable({
              read() {
                this.destroy(new Error('lost'))
              },
            }),
        ),
    ],
  ])('tells the error of %s in the event, and once', async (_what, build) => {
    const { app, lines, records } = await serving(build)
    await ask(app, '/')
    await until(() => records.length === 1)
    expect(errorsOf(lines())).toEqual([{ level: error, id: 'abc', msg: 'request failed', error: 'lost' }])
    expect(records).toMatchObject([{ status: 500, error: { message: 'lost' } }])
    await app.close()
  })

  it('tells both errors where an error handler throws one of its own', async () => {
    const { app, lines, records } = await serving((each) => {
      each.setErrorHandler(() => {
        throw new Error('of the handler of errors')
      })
      each.get('/', () => Promise.reject(new Error('lost')))
    })
    await ask(app, '/')
    await until(() => records.length === 1)
    expect(errorsOf(lines())).toMatchObject([
      { level: error, id: 'abc', error: 'of the handler of errors' },
      { level: error, id: 'abc', error: 'lost', msg: 'request failed' },
    ])
    await app.close()
  })

  it('tells what is thrown after the response was sent, and a response that is sent twice', async () => {
    const { app, lines, records } = await serving((each) => {
      each.get('/late', async (_request, reply) => {
        reply.send('hello')
        throw new Error('late')
      })
      each.get('/twice', (_request, reply) => {
        reply.send('hello')
        reply.send('again')
      })
    })
    await ask(app, '/late')
    await until(() => lines().length === 2)
    await ask(app, '/twice')
    await until(() => records.length === 2)
    expect(errorsOf(lines())).toMatchObject([
      { level: error, id: 'abc', error: 'late' },
      { level: warn, id: 'abc', error: expect.stringContaining('already sent') },
    ])
    await app.close()
  })

  it.each<[string, () => unknown, string]>([
    [
      'a stream of node',
      () =>
        Readable.from(
          (async function* () {
            yield 'a'.repeat(70_000)
            throw new Error('storage went away')
          })(),
        ),
      'storage went away',
    ],
    [
      'a stream of the web',
      () => {
        let count = 0
        return new ReadableStream({
          pull(controller) {
            if (count++ > 0) throw new Error('storage went away')
            controller.enqueue(new Uint8Array(70_000))
          },
        })
      },
      'storage went away',
    ],
    [
      'a stream that ends without a reason',
      () => {
        let count = 0
        return new Readable({
          read() {
            if (count++ === 0) this.push('a'.repeat(70_000))
            else this.destroy()
          },
        })
      },
      'Premature close',
    ],
  ])('reports the error of %s before it breaks the response off', async (_what, body, message) => {
    const { app, records, lines } = await serving((each) => void each.get('/', async () => body()))
    await ask(app, '/')
    await until(() => records.length === 1)
    expect(records).toMatchObject([{ status: 200, error: { message } }])
    expect(errorsOf(lines())).toMatchObject([{ id: 'abc', error: message }])
    await app.close()
  })

  it.each([{ access: false }, { silent: ['/'] }, { ignore: () => true }])(
    'keeps the line of an error where there is no access event: %j',
    async (log) => {
      const { app, lines, destination } = written({}, isOn)
      await app.register(sightline, {
        sightline: createSightline({ service: 'store', log: { pretty: false, destination, ...log } }),
      })
      app.get('/', () => Promise.reject(new Error('lost')))
      await app.inject('/')
      expect(errorsOf(lines())).toMatchObject([{ level: error, error: 'lost' }])
      await app.close()
    },
  )

  it('holds nothing against the service where the client leaves', async () => {
    const { app, records, lines } = await serving(
      (each) =>
        void each.get(
          '/',
          async () =>
            new Readable({
              read() {
                setImmediate(() => this.push('a'.repeat(1_000)))
              },
            }),
        ),
    )
    await ask(app, '/', true)
    await until(() => records.length === 1)
    expect(records).toMatchObject([{ outcome: 'aborted', error: undefined }])
    expect(errorsOf(lines())).toEqual([])
    await app.close()
  })

  it('tells the error of a hook that is called because the client has left', async () => {
    const arrived = Promise.withResolvers<void>()
    const { app, lines } = await serving((each) => {
      each.addHook('onRequestAbort', async (_request) => {
        throw new Error('nobody to tell')
      })
      each.get('/', async (_request, reply) => {
        arrived.resolve()
        await once(reply.raw, 'close')
        return 'too late'
      })
    })
    const { port } = app.server.address() as AddressInfo
    const asked = request({ port, host: '127.0.0.1', headers: { 'x-request-id': 'abc' } })
    asked.on('error', () => {}).end()
    await arrived.promise
    asked.destroy()
    await until(() => errorsOf(lines()).length > 0)
    expect(errorsOf(lines())).toMatchObject([{ level: error, id: 'abc', error: 'nobody to tell' }])
    expect(lines()).toContainEqual(expect.objectContaining({ outcome: 'aborted' }))
    await app.close()
  })
})

it.each([{ level: 'info' }, {}])(
  'leaves what Fastify writes by a logger that is not of pino as it is: %j',
  async (given) => {
    const told: string[] = []
    const tell = (fields: unknown, message?: string) => void told.push(message ?? String(fields))
    const nothing = () => {}
    const logger = {
      ...given,
      info: tell,
      warn: tell,
      error: tell,
      fatal: tell,
      debug: nothing,
      trace: nothing,
      silent: nothing,
      child: () => logger,
    } as unknown as FastifyBaseLogger
    const { app, kit, lines, records } = written({ loggerInstance: logger }, false)
    await app.register(sightline, { sightline: kit })
    app.get('/', ({ log }) => {
      log.warn('by the handler')
      return Promise.reject(new Error('lost'))
    })
    await app.inject('/')
    expect(told).toEqual(['incoming request', 'by the handler', 'lost', 'request completed'])
    expect(lines()).toMatchObject([{ msg: 'request failed', err: { message: 'lost' } }])
    expect(records).toMatchObject([{ error: { message: 'lost' } }])
    await app.close()
  },
)
