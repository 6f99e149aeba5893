import type { AddressInfo } from 'node:net'

import { describe, expect, it } from '@jest/globals'
import type { FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify'

import sightline from '../src/index.ts'
import { written } from './written.ts'

type Ask = (
  path: string,
  headers?: Record<string, string>,
) => Promise<{ status: number; id: unknown; body: string }>

/** The two ways in which an application is asked: over a socket, and by `inject`. */
const WAYS: [string, (app: FastifyInstance, host?: string) => Promise<Ask>][] = [
  [
    'over a socket',
    async (app, host = '127.0.0.1') => {
      const url = await app.listen({ port: 0, host })
      return async (path, headers = {}) => {
        const response = await fetch(`${url}${path}`, { headers })
        return {
          status: response.status,
          id: response.headers.get('x-request-id'),
          body: await response.text(),
        }
      }
    },
  ],
  [
    'by inject',
    async (app) =>
      async (url, headers = {}) => {
        const response = await app.inject({ url, headers })
        return { status: response.statusCode, id: response.headers['x-request-id'], body: response.body }
      },
  ],
  [
    'by inject with a callback',
    async (app) =>
      (url, headers = {}) =>
        new Promise((resolve, reject) => {
          app.inject({ url, headers }, (error, response) => {
            if (error || !response) reject(error ?? new Error('no response'))
            else
              resolve({
                status: response.statusCode,
                id: response.headers['x-request-id'],
                body: response.body,
              })
          })
        }),
  ],
]

/** What is asked of an application whose logger is on. */
async function asked(
  way: (typeof WAYS)[number][1],
  options: FastifyServerOptions,
  build: (app: FastifyInstance) => void,
) {
  const { app, kit, lines, records } = written(options, true)
  await app.register(sightline, { sightline: kit })
  build(app)
  const ask = await way(app)
  return { app, kit, ask, records, lines: () => lines().filter(({ request_id: id }) => id !== undefined) }
}

describe.each(WAYS)('asked %s', (_name, way) => {
  it('counts a target that cannot be decoded, and gives it an id', async () => {
    const { app, kit, ask, records, lines } = await asked(way, {}, () => {})
    const { status, id, body } = await ask('/%ZZ')
    expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'FST_ERR_BAD_URL' }])
    expect(records).toMatchObject([{ id, route: undefined, status: 400, outcome: 'completed' }])
    expect(lines()).toMatchObject([{ request_id: id, msg: 'request completed' }])
    const text = await kit.metrics.text()
    expect(text).toContain('http_requests_total{method="GET",route="unmatched",status="400"} 1\n')
    expect(text).toContain('http_requests_in_progress{method="GET"} 0\n')
    await app.close()
  })

  it.each<[string, FastifyServerOptions, string]>([
    ['Fastify', {}, 'abc'],
    ['the application', { genReqId: () => 'own-1' }, 'own-1'],
    ['the application, in a way that cannot be passed on', { genReqId: () => 'own 1' }, 'abc'],
    ['a header of the application', { requestIdHeader: 'x-correlation' }, 'corr-1'],
  ])(
    'has one id in all that is said of a request before hooks, where ids are of %s',
    async (_whose, options, expected) => {
      const { app, ask, lines } = await asked(
        way,
        {
          ...options,
          frameworkErrors(_error, request, reply) {
            request.log.info('not to be understood')
            app.sightline.log.info('in the context')
            // Its type depends on schemas, of which there are none here.
            void (reply as unknown as FastifyReply).code(400).send(request.id)
          },
        },
        () => {},
      )
      const { id, body } = await ask('/%ZZ', { 'x-request-id': 'abc', 'x-correlation': 'corr-1' })
      expect([id, body]).toEqual([expected, expected])
      expect(lines()).toMatchObject([
        { request_id: expected, reqId: expected, msg: 'not to be understood' },
        { request_id: expected, msg: 'in the context' },
        { request_id: expected, reqId: expected, msg: 'request completed', status: 400 },
      ])
      await app.close()
    },
  )

  it('leaves scrapes and probes out that arrive under another address', async () => {
    const { app, kit, ask, records, lines } = await asked(
      way,
      { rewriteUrl: ({ url = '' }) => url.replace(/^\/svc/, '') },
      (each) => void each.get('/items/:id', async ({ id }) => id),
    )
    expect((await ask('/svc/metrics')).status).toBe(200)
    expect((await ask('/svc/health/live')).status).toBe(200)
    const { body } = await ask('/svc/items/7?a=1', { 'x-request-id': 'abc' })
    expect(body).toBe('abc')
    const { id } = await ask('/svc/%ZZ')
    expect(records).toMatchObject([
      { id: 'abc', path: '/svc/items/7', route: '/items/:id', status: 200 },
      { id, path: '/svc/%ZZ', route: undefined, status: 400 },
    ])
    expect(lines().map(({ path }) => path)).toEqual(['/svc/items/7', '/svc/%ZZ'])
    const text = await kit.metrics.text()
    expect(text.match(/^http_requests_total.* [1-9].*$/gm)).toEqual([
      'http_requests_total{method="GET",route="/items/:id",status="200"} 1',
      'http_requests_total{method="GET",route="unmatched",status="400"} 1',
    ])
    expect(text).toContain('http_requests_in_progress{method="GET"} 0\n')
    await app.close()
  })

  it("observes a request whose address is rewritten away from one of Sightline's own", async () => {
    const { app, ask, records } = await asked(
      way,
      { rewriteUrl: ({ url = '' }) => (url === '/metrics' ? '/own' : url) },
      (each) => void each.get('/own', async () => "the application's"),
    )
    expect((await ask('/metrics')).body).toBe("the application's")
    expect(records).toMatchObject([{ path: '/metrics', route: '/own', status: 200 }])
    await app.close()
  })
})

it('tells the callback of an injection that the application is closed', async () => {
  const { app, kit } = written({}, false)
  await app.register(sightline, { sightline: kit })
  await app.ready()
  await app.close()
  const told = Promise.withResolvers<unknown>()
  app.inject('/', (error) => told.resolve(error))
  expect(await told.promise).toMatchObject({ code: 'FST_ERR_REOPENED_CLOSE_SERVER' })
  await expect(app.inject('/')).rejects.toMatchObject({ code: 'FST_ERR_REOPENED_CLOSE_SERVER' })
})

it('answers a chain of calls', async () => {
  const { app, kit, records } = written({}, false)
  await app.register(sightline, { sightline: kit })
  app.get('/a', async ({ id }) => id)
  const { body } = await app.inject().get('/a').headers({ 'x-request-id': 'abc' }).end()
  expect(body).toBe('abc')
  expect(records).toMatchObject([{ id: 'abc', route: '/a' }])
  await app.close()
})

it('sees what never reaches a hook on each of the servers that Fastify has for localhost', async () => {
  const { app, kit, records } = written({}, false)
  await app.register(sightline, { sightline: kit })
  await app.listen({ port: 0, host: 'localhost' })
  // A server that listens on a port has an address of this type.
  const addresses = app.addresses() as AddressInfo[]
  for (const { address, port, family } of addresses) {
    const host = family === 'IPv6' ? `[${address}]` : address
    expect((await fetch(`http://${host}:${port}/%ZZ`)).status).toBe(400)
  }
  expect(records.map(({ status }) => status)).toEqual(addresses.map(() => 400))
  await app.close()
})
