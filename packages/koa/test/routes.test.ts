import { expect, test } from '@jest/globals'
import Router from '@koa/router'
import { toldRoutes } from '@sightline/conformance'
import { served } from '@sightline/conformance/served'
import Koa, { type Context } from 'koa'

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
const fail = () => {
  throw new Error('broken')
}

test('names routes of nested routers and prefixes', async () => {
  const orders = new Router({ prefix: '/orders' })
  orders.get('/:oid', ok)
  orders.get('/:oid/broken', fail)
  const api = new Router({ prefix: '/api/users/:id' })
  api.use(orders.routes())
  const routes = await routesOf(
    (app) => void app.use(api.routes()),
    ['/api/users/7/orders/9', '/api/users/7/orders/9/broken', '/api/users/7'],
  )
  expect(routes).toEqual({
    '/api/users/7/orders/9': '/api/users/:id/orders/:oid',
    '/api/users/7/orders/9/broken': '/api/users/:id/orders/:oid/broken',
    '/api/users/7': undefined,
  })
})

test('names routes of several routers', async () => {
  const first = new Router()
  first.get('/first/:id', ok)
  const second = new Router({ prefix: '/second' })
  second.get('/:id', ok)
  const routes = await routesOf(
    (app) => void app.use(first.routes()).use(second.routes()),
    ['/first/7', '/second/7', '/third'],
  )
  expect(routes).toEqual({ '/first/7': '/first/:id', '/second/7': '/second/:id', '/third': undefined })
})

test('names lists and regular expressions as they were written', async () => {
  const router = new Router()
  router.get(['/a', '/b/:id'], ok)
  router.get(/^\/re(\d+)$/, ok)
  const routes = await routesOf((app) => void app.use(router.routes()), ['/a', '/b/7', '/re42'])
  expect(routes).toEqual({ '/a': '/a', '/b/7': '/b/:id', '/re42': String(/^\/re(\d+)$/) })
})

test('names no route for a method that is not allowed', async () => {
  const router = new Router()
  router.get('/a', ok)
  const routes = await routesOf(
    (app) => void app.use(router.routes()).use(router.allowedMethods()),
    ['DELETE /a', 'OPTIONS /a'],
  )
  expect(routes).toEqual({ 'DELETE /a': undefined, 'OPTIONS /a': undefined })
})

test('keeps the route of a request that is refused before the router', async () => {
  const router = new Router()
  router.get('/users/:id', ok)
  const routes = await routesOf(
    (app) => void app.use((ctx) => ctx.throw(401)).use(router.routes()),
    ['/users/7', '/none'],
  )
  expect(routes).toEqual({ '/users/7': '/users/:id', '/none': undefined })
})

test('names no route where there is no router', async () => {
  const routes = await routesOf((app) => void app.use(ok), ['/anything'])
  expect(routes).toEqual({ '/anything': undefined })
})
