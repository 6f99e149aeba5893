import { createServer } from 'node:http'

import cors from '@koa/cors'
import multer from '@koa/multer'
import Router from '@koa/router'
import { sightline as observe } from '@sightline/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import compress from 'koa-compress'
import helmet from 'koa-helmet'
import mount from 'koa-mount'
import proxy from 'koa-proxies'
import session from 'koa-session'
import serveStatic from 'koa-static'

import { folder, upstream } from './given.ts'
import { type Ask, GZIP, LONG, mounted, type Part, posted, uploaded } from './part.ts'

/** A part on Koa. The kit is registered first, if present. */
function onKoa(name: string, fill: (app: Koa, router: Router) => unknown, asks: readonly Ask[]): Part {
  const build: Part['build'] = async (sightline) => {
    const app = new Koa({ keys: ['secret'] })
    app.silent = true
    if (sightline) app.use(observe(sightline))
    const router = new Router()
    await fill(app, router)
    app.use(router.routes()).use(router.allowedMethods())
    const answer = app.callback()
    return createServer((req, res) => void answer(req, res))
  }
  return { name, build, asks }
}

const auth = { authorization: 'Bearer t-1' }
const guard: Koa.Middleware = (ctx, next) =>
  ctx.get('authorization') ? next() : ctx.throw(401, 'who are you?')

export const parts: readonly Part[] = [
  onKoa(
    'koa-compress',
    (app, router) => {
      app.use(compress({ threshold: 100, br: false }))
      router.get('/long', (ctx) => void (ctx.body = LONG))
      router.get('/short', (ctx) => void (ctx.body = 'short'))
    },
    [
      { path: '/long', headers: GZIP, status: 200, route: '/long' },
      { path: '/long', status: 200, route: '/long' },
      { path: '/long', method: 'HEAD', headers: GZIP, status: 200, route: '/long' },
      { path: '/short', headers: GZIP, status: 200, route: '/short' },
    ],
  ),
  onKoa(
    'koa-helmet, @koa/cors and koa-bodyparser',
    (app, router) => {
      app.use(helmet())
      app.use(cors())
      app.use(bodyParser({ jsonLimit: '100b' }))
      router.post('/echo', (ctx) => void (ctx.body = ctx.request.body))
    },
    [
      { path: '/echo', ...posted({ a: 1 }), status: 200, route: '/echo' },
      { path: '/echo', ...posted({ a: 'x'.repeat(200) }), status: 413, route: '/echo' },
      { path: '/echo', ...posted({}), body: '{', status: 400, route: '/echo' },
      { path: '/echo', status: 405 },
      {
        path: '/echo',
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
        status: 204,
      },
      { path: '/none', status: 404 },
    ],
  ),
  onKoa(
    '@koa/multer',
    (_app, router) => {
      router.post('/upload', multer().single('picture'), (ctx) => {
        ctx.body = [ctx.request.body, ctx.file.size]
      })
    },
    [{ path: '/upload', ...uploaded, status: 200, route: '/upload' }],
  ),
  onKoa(
    'koa-session',
    (app, router) => {
      app.use(session(app))
      router.get('/visits', (ctx) => {
        const visits = ctx.session as { count?: number }
        visits.count = (visits.count ?? 0) + 1
        ctx.body = String(visits.count)
      })
    },
    [{ path: '/visits', status: 200, route: '/visits' }],
  ),
  onKoa('koa-static', (app) => void app.use(serveStatic(folder)), [
    { path: '/page.txt', status: 200 },
    { path: '/page.txt', method: 'HEAD', status: 200 },
    { path: '/none.txt', status: 404 },
  ]),
  onKoa('koa-static in koa-mount', (app) => void app.use(mount('/public', serveStatic(folder))), [
    { path: '/public/page.txt', status: 200, ...mounted('/public') },
    { path: '/public/none.txt', status: 404 },
  ]),
  onKoa(
    'koa-proxies',
    async (app) => void app.use(proxy('/api', { target: await upstream(), changeOrigin: true })),
    [
      { path: '/api/users/7?page=2', status: 200 },
      { path: '/api/echo', ...posted({ a: 1 }), status: 200 },
      { path: '/api/missing', status: 404 },
    ],
  ),
  onKoa(
    'koa-proxies in koa-mount',
    async (app) => void app.use(mount('/api', proxy('/', { target: await upstream(), changeOrigin: true }))),
    [{ path: '/api/users/7', status: 200, ...mounted('/api') }],
  ),
  onKoa(
    'nested and mounted routers and applications',
    (app, router) => {
      const items = new Router().get('/items/:item', (ctx) => void (ctx.body = ctx.params))
      const orders = new Router({ prefix: '/orders' }).use('/:order', items.routes())
      const shop = new Koa().use(orders.routes())
      app.use(mount('/v1', shop)).use(mount('/v2', mount('/shop', shop)))
      router.use('/plain', orders.routes())
    },
    [
      { path: '/v1/orders/1/items/2', status: 200, route: '/v1/orders/:order/items/:item' },
      {
        path: '/v2/shop/orders/1/items/2',
        status: 200,
        route: '/v2/shop/orders/:order/items/:item',
      },
      { path: '/plain/orders/1/items/2', status: 200, route: '/plain/orders/:order/items/:item' },
      { path: '/v1/none', status: 404 },
    ],
  ),
  onKoa(
    'a guard in front of a mounted application',
    (app) => {
      const api = new Koa()
      api.silent = true
      api.use(guard).use(new Router().get('/users/:id', (ctx) => void (ctx.body = ctx.params)).routes())
      app.use(mount('/api', api))
    },
    [
      { path: '/api/users/7', headers: auth, status: 200, route: '/api/users/:id' },
      { path: '/api/users/7', status: 401, route: '/api/users/:id' },
    ],
  ),
  onKoa(
    'streams, redirects and errors of Koa itself',
    (_app, router) => {
      router.get('/old', (ctx) => ctx.redirect('/new'))
      router.get('/throws', (ctx) => ctx.throw(418, 'no tea'))
      router.get('/fails', () => Promise.reject(new Error('on purpose')))
      router.get('/events', (ctx) => {
        ctx.respond = false
        ctx.res.writeHead(200, { 'content-type': 'text/event-stream' })
        for (let n = 0; n < 3; n++) ctx.res.write(`data: ${n}\n\n`)
        ctx.res.end()
      })
    },
    [
      { path: '/old', status: 302, route: '/old' },
      { path: '/throws', status: 418, route: '/throws' },
      { path: '/fails', status: 500, route: '/fails' },
      { path: '/events', status: 200, route: '/events' },
    ],
  ),
]
