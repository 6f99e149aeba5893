import bearerAuth from '@fastify/bearer-auth'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import proxy from '@fastify/http-proxy'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import session from '@fastify/session'
import serveStatic from '@fastify/static'
import webSocket from '@fastify/websocket'
import observe from '@sightline/fastify'
import { initTRPC } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify, { type FastifyInstance } from 'fastify'
import mercurius from 'mercurius'

import { folder, resolvers, typeDefs, upstream } from './given.ts'
import { type Ask, GZIP, LONG, type Part, posted, uploaded } from './part.ts'

/** A part on Fastify. The kit is registered first, if present. */
function onFastify(name: string, fill: (app: FastifyInstance) => unknown, asks: readonly Ask[]): Part {
  const build: Part['build'] = async (sightline) => {
    const app: FastifyInstance = Fastify()
    if (sightline) await app.register(observe, { sightline })
    await fill(app)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  }
  return { name, build, asks }
}

const auth = { authorization: 'Bearer t-1' }
const t = initTRPC.create()
const router = t.router({
  greet: t.procedure.input((name) => String(name)).query(({ input }) => `hello ${input}`),
})

export const parts: readonly Part[] = [
  onFastify(
    '@fastify/compress',
    async (app) => {
      await app.register(compress, { threshold: 100 })
      app.get('/long', () => LONG)
      app.get('/short', () => 'short')
    },
    [
      { path: '/long', headers: GZIP, status: 200, route: '/long' },
      { path: '/long', headers: { 'accept-encoding': 'br' }, status: 200, route: '/long' },
      { path: '/long', status: 200, route: '/long' },
      { path: '/short', headers: GZIP, status: 200, route: '/short' },
    ],
  ),
  onFastify(
    '@fastify/helmet, @fastify/cors and @fastify/cookie',
    async (app) => {
      await app.register(helmet)
      await app.register(cors, { origin: 'https://shop.example' })
      await app.register(cookie, { secret: 'secret' })
      app.get('/cookies', (request, reply) =>
        reply.setCookie('seen', '1', { signed: true }).send(request.cookies),
      )
    },
    [
      { path: '/cookies', headers: { cookie: 'a=1; b=2' }, status: 200, route: '/cookies' },
      {
        path: '/cookies',
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' },
        status: 204,
        route: '*',
      },
      { path: '/none', status: 404 },
    ],
  ),
  onFastify(
    '@fastify/multipart',
    async (app) => {
      await app.register(multipart, { limits: { fileSize: 5_000 } })
      app.post('/upload', async (request) => {
        const file = await request.file()
        return [file?.filename, (await file?.toBuffer())?.length]
      })
      app.post('/small', async (request) => (await request.file({ limits: { fileSize: 10 } }))?.toBuffer())
    },
    [
      { path: '/upload', ...uploaded, status: 200, route: '/upload' },
      { path: '/small', ...uploaded, status: 413, route: '/small' },
    ],
  ),
  onFastify(
    '@fastify/session',
    async (app) => {
      await app.register(cookie)
      await app.register(session, {
        secret: 's'.repeat(32),
        idGenerator: () => 'an-id',
        cookie: { secure: false },
      })
      app.get('/visits', (request) => {
        const visits = request.session as unknown as { count?: number }
        visits.count = (visits.count ?? 0) + 1
        return visits.count
      })
    },
    [{ path: '/visits', status: 200, route: '/visits' }],
  ),
  onFastify(
    '@fastify/rate-limit and @fastify/bearer-auth',
    async (app) => {
      await app.register(rateLimit, { max: 100, timeWindow: 3_600_000 })
      await app.register(async (guarded) => {
        await guarded.register(bearerAuth, { keys: ['t-1'] })
        guarded.get('/account/:id', (request) => request.params)
        guarded.get('/limited', { config: { rateLimit: { max: 1 } } }, () => 'in')
      })
    },
    [
      { path: '/account/7', headers: auth, status: 200, route: '/account/:id' },
      { path: '/account/7', status: 401, route: '/account/:id' },
      { path: '/limited', headers: auth, status: 200, route: '/limited' },
      { path: '/limited', headers: auth, status: 429, route: '/limited' },
    ],
  ),
  onFastify(
    '@fastify/static',
    async (app) => await app.register(serveStatic, { root: folder, prefix: '/public/' }),
    [
      { path: '/public/page.txt', status: 200, route: '/public/*' },
      { path: '/public/page.txt', method: 'HEAD', status: 200, route: '/public/*' },
      { path: '/public/page.txt', headers: { range: 'bytes=5-9' }, status: 206, route: '/public/*' },
      { path: '/public/page.txt', headers: { range: 'bytes=9999999-' }, status: 416, route: '/public/*' },
      { path: '/public/none.txt', status: 404 },
    ],
  ),
  onFastify(
    '@fastify/http-proxy',
    async (app) => await app.register(proxy, { upstream: await upstream(), prefix: '/api' }),
    [
      { path: '/api/users/7?page=2', status: 200, route: '/api/*' },
      { path: '/api/echo', ...posted({ a: 1 }), status: 200, route: '/api/*' },
      { path: '/api/missing', status: 404, route: '/api/*' },
    ],
  ),
  onFastify('mercurius', async (app) => await app.register(mercurius, { schema: typeDefs, resolvers }), [
    { path: '/graphql', ...posted({ query: '{ greeting(name: "anna") }' }), status: 200, route: '/graphql' },
    { path: '/graphql', ...posted({ query: '{ nothing }' }), status: 400, route: '/graphql' },
  ]),
  onFastify(
    'tRPC',
    async (app) => await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } }),
    [
      { path: '/trpc/greet?input=%22anna%22', status: 200, route: '/trpc/:path' },
      { path: '/trpc/none', status: 404, route: '/trpc/:path' },
    ],
  ),
  onFastify(
    '@fastify/websocket',
    async (app) => {
      await app.register(webSocket)
      app.get('/socket', { websocket: true }, (socket) => {
        socket.on('message', (text: Buffer) => socket.send(`${text.toString()} back`))
      })
    },
    [{ path: '/socket', webSocket: 'hello', status: 101, route: '/socket' }],
  ),
  onFastify(
    'plugins in plugins, and what Fastify itself answers',
    async (app) => {
      await app.register(
        async (v1) => {
          await v1.register(
            async (orders) => void orders.get('/:order/items/:item', (request) => request.params),
            { prefix: '/orders' },
          )
        },
        { prefix: '/v1' },
      )
      app.post('/echo', { bodyLimit: 100 }, (request) => request.body)
      app.get('/old', (_request, reply) => reply.redirect('/new', 301))
      app.get('/fails', () => Promise.reject(new Error('on purpose')))
      app.get('/events', (_request, reply) => {
        reply.hijack()
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
        for (let n = 0; n < 3; n++) reply.raw.write(`data: ${n}\n\n`)
        reply.raw.end()
      })
    },
    [
      { path: '/v1/orders/1/items/2', status: 200, route: '/v1/orders/:order/items/:item' },
      { path: '/v1/none', status: 404 },
      { path: '/echo', ...posted({ a: 1 }), status: 200, route: '/echo' },
      { path: '/echo', ...posted({ a: 'x'.repeat(200) }), status: 413, route: '/echo' },
      { path: '/echo', ...posted({}), body: '{', status: 400, route: '/echo' },
      { path: '/old', status: 301, route: '/old' },
      { path: '/fails', status: 500, route: '/fails' },
      { path: '/events', status: 200, route: '/events' },
      { path: '/%ZZ', status: 400 },
    ],
  ),
]
