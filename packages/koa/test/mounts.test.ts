import { expect, test } from '@jest/globals'
import Router from '@koa/router'
import { toldRoutes } from '@sightline/conformance'
import { served } from '@sightline/conformance/served'
import { createSightline } from '@sightline/core'
import Koa, { type Context, type Middleware } from 'koa'
import mount from 'koa-mount'

import { sightline } from '../src/index.ts'

/** The routes reported for requests to an application. */
function routesOf(build: (app: Koa) => void, targets: readonly string[]) {
  return toldRoutes((kit) => {
    const app = new Koa()
    app.silent = true
    app.use(sightline(kit))
    build(app)
    return served(app.listen(0, '127.0.0.1'))
  }, targets)
}

const ok = (ctx: Context) => {
  ctx.body = 'ok'
}
const deny = (ctx: Context) => ctx.throw(401)
const pass: Middleware = (_ctx, next) => next()
const fail = () => {
  throw new Error('broken')
}

function shop(): Koa {
  const app = new Koa()
  app.use(new Router().get('/items/:id', ok).get('/broken/:id', fail).routes())
  return app
}

test('names the mount by which an application was reached that is mounted at several', async () => {
  const items = shop()
  const routes = await routesOf(
    (app) => void app.use(mount('/v1', items)).use(mount('/v2', items)).use(mount('/v1/old', items)),
    ['/v1/items/7', '/v2/items/7', '/v2/broken/7', '/v1/old/items/7', '/items/7', '/v1/none', '/v10/items/7'],
  )
  expect(routes).toEqual({
    '/v1/items/7': '/v1/items/:id',
    '/v2/items/7': '/v2/items/:id',
    '/v2/broken/7': '/v2/broken/:id',
    '/v1/old/items/7': '/v1/old/items/:id',
    '/items/7': undefined,
    '/v1/none': undefined,
    '/v10/items/7': undefined,
  })
})

test('names routes through mounts in mounts, and nested routers with prefixes in them', async () => {
  const orders = new Router({ prefix: '/orders' }).get('/:oid', ok)
  const users = new Router({ prefix: '/users/:id' })
  users.use('/:year', orders.routes())
  const composed = new Koa().use(pass)
  composed.use(users.routes())
  const outer = new Koa().use(mount('/b', shop())).use(mount('/c', mount(composed)))
  const routes = await routesOf(
    (app) => void app.use(mount('/a', outer)).use(mount(users.routes())).use(mount('/a', users.routes())),
    ['/a/b/items/7', '/a/c/users/7/2026/orders/9', '/users/7/2026/orders/9', '/a/users/7/2026/orders/9'],
  )
  expect(routes).toEqual({
    '/a/b/items/7': '/a/b/items/:id',
    '/a/c/users/7/2026/orders/9': '/a/c/users/:id/:year/orders/:oid',
    '/users/7/2026/orders/9': '/users/:id/:year/orders/:oid',
    '/a/users/7/2026/orders/9': '/a/users/:id/:year/orders/:oid',
  })
})

test('names a route outside of a mount that has passed the request on', async () => {
  const routes = await routesOf(
    (app) => void app.use(mount('/a', pass)).use(new Router().get('/a/:b', ok).routes()),
    ['/a/7'],
  )
  expect(routes).toEqual({ '/a/7': '/a/:b' })
})

test('names a mount within a route of a router, and one that a function calls', async () => {
  const legacy = mount('/legacy', shop())
  const called = mount('/called', shop())
  const routes = await routesOf(
    (app) =>
      void app
        .use(new Router().all('/legacy/{*rest}', legacy).routes())
        .use((ctx, next) => called(ctx, next)),
    ['/legacy/items/7', '/called/items/7'],
  )
  expect(routes).toEqual({ '/legacy/items/7': '/legacy/items/:id', '/called/items/7': '/called/items/:id' })
})

test('knows the route of the first request that is refused before a mount, or in it', async () => {
  const guarded = new Koa().use(deny).use(new Router().get('/items/:id', ok).routes())
  const targets = ['/api/items/7', '/api/none', '/none']
  const before = await routesOf((app) => void app.use(deny).use(mount('/api', shop())), targets)
  const within = await routesOf((app) => void app.use(mount('/api', guarded)), targets)
  expect(before).toEqual({ '/api/items/7': '/api/items/:id', '/api/none': undefined, '/none': undefined })
  expect(within).toEqual({ '/api/items/7': '/api/items/:id', '/api/none': '/api/*', '/none': undefined })
})

test('names the mount of what answers without a route, and no route where nobody answers', async () => {
  const outer = new Koa().use(mount('/graphql', ok))
  const routes = await routesOf(
    (app) =>
      void app
        .use(mount('/graphql', ok))
        .use(mount('/outer', outer))
        .use(mount('/throws', fail))
        .use(mount('/passes', pass)),
    ['/graphql', '/graphql/a?b=1', '/outer/graphql/a', '/throws/1', '/passes/1', '/graphqls'],
  )
  expect(routes).toEqual({
    '/graphql': '/graphql/*',
    '/graphql/a?b=1': '/graphql/*',
    '/outer/graphql/a': '/outer/graphql/*',
    '/throws/1': '/throws/*',
    '/passes/1': undefined,
    '/graphqls': undefined,
  })
})

test('knows requests by the path that was asked for where it is used in something mounted', async () => {
  const paths: Array<[string, string | undefined]> = []
  const kit = createSightline({
    service: 'shop',
    log: { level: 'silent' },
    sinks: [{ name: 'paths', write: ({ path, route }) => void paths.push([path, route]) }],
  })
  const within = new Koa().use(sightline(kit)).use(new Router().get('/items/:id', ok).routes())
  const app = new Koa().use((ctx, next) => {
    ctx.path = ctx.path.replace('/old', '/svc')
    return next()
  })
  const { server, close } = await served(app.use(mount('/svc', within)).listen(0, '127.0.0.1'))
  const { port } = server.address() as { port: number }
  for (const path of ['/svc/items/7?q=1', '/old/items/7', '/other'])
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  await close()
  await kit.close()
  expect(paths).toEqual([
    ['/svc/items/7', '/svc/items/:id'],
    ['/old/items/7', '/svc/items/:id'],
  ])
})

test('makes the series of routes in mounts at 0', async () => {
  const kit = createSightline({ service: 'shop', log: { level: 'silent' } })
  const app = new Koa().use(sightline(kit)).use(mount('/v1', shop()))
  const { server, close } = await served(app.listen(0, '127.0.0.1'))
  const { port } = server.address() as { port: number }
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  await close()
  await kit.close()
  expect(text).toContain('http_requests_total{method="GET",route="/v1/items/:id",status="200"} 0')
})
