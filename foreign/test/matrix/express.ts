import { type Server, createServer } from 'node:http'

import type { Sightline } from '@sightline/core'
import { sightline as observe } from '@sightline/express'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import cors from 'cors'
import express, { type Express, Router } from 'express'
import { rateLimit } from 'express-rate-limit'
import session from 'express-session'
import helmet from 'helmet'
import morgan from 'morgan'
import multer from 'multer'
import passport from 'passport'
import { Strategy } from 'passport-http-bearer'
import { WebSocketServer } from 'ws'

import { type Ask, GZIP, LONG, type Part, posted, uploaded } from './part.ts'

/** A part on Express. The kit is registered first, if present. */
export function onExpress(
  name: string,
  fill: (app: Express) => unknown,
  asks: readonly Ask[],
  serve: (app: Express) => Server = createServer,
): Part {
  async function build(sightline: Sightline | undefined): Promise<Server> {
    const app = express()
    if (sightline) app.use(observe(sightline))
    await fill(app)
    return serve(app)
  }
  return { name, build, asks }
}

const auth = { authorization: 'Bearer t-1' }

export const parts: readonly Part[] = [
  onExpress(
    'compression',
    (app) => {
      app.use(compression({ threshold: 100 }))
      app.get('/long', (_req, res) => void res.json(LONG))
      app.get('/short', (_req, res) => void res.send('short'))
      app.get('/pieces', (_req, res) => {
        res.type('text').write('a'.repeat(2_000))
        res.end('b'.repeat(2_000))
      })
    },
    [
      { path: '/long', headers: GZIP, status: 200, route: '/long' },
      { path: '/long', headers: { 'accept-encoding': 'br' }, status: 200, route: '/long' },
      { path: '/long', status: 200, route: '/long' },
      { path: '/long', method: 'HEAD', headers: GZIP, status: 200, route: '/long' },
      { path: '/short', headers: GZIP, status: 200, route: '/short' },
      { path: '/pieces', headers: GZIP, status: 200, route: '/pieces' },
    ],
  ),
  onExpress(
    'helmet, cors, cookie-parser and morgan',
    (app) => {
      app.use(helmet())
      app.use(cors({ origin: 'https://shop.example', credentials: true }))
      app.use(cookieParser('secret'))
      app.use(morgan('tiny', { stream: { write() {} } }))
      app.get('/cookies', (req, res) => void res.cookie('seen', '1', { signed: true }).json(req.cookies))
    },
    [
      { path: '/cookies', headers: { cookie: 'a=1; b=2' }, status: 200, route: '/cookies' },
      {
        path: '/cookies',
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' },
        status: 204,
      },
      { path: '/none', status: 404 },
    ],
  ),
  onExpress(
    'multer',
    (app) => {
      const upload = multer({ limits: { fileSize: 5_000 } })
      app.post('/upload', upload.single('picture'), (req, res) => void res.json([req.body, req.file?.size]))
      app.post(
        '/small',
        multer({ limits: { fileSize: 10 } }).single('picture'),
        (_req, res) => void res.end(),
      )
    },
    [
      { path: '/upload', ...uploaded, status: 200, route: '/upload' },
      { path: '/small', ...uploaded, status: 500, route: '/small' },
    ],
  ),
  onExpress(
    'express-session',
    (app) => {
      app.use(session({ secret: 's', resave: false, saveUninitialized: true, genid: () => 'an-id' }))
      app.get('/visits', (req, res) => {
        const visits = req.session as unknown as { count?: number }
        visits.count = (visits.count ?? 0) + 1
        res.json(visits.count)
      })
    },
    [
      { path: '/visits', status: 200, route: '/visits' },
      { path: '/visits', status: 200, route: '/visits' },
    ],
  ),
  onExpress(
    'express-rate-limit',
    (app) => {
      app.use(rateLimit({ windowMs: 3_600_000, limit: 2, standardHeaders: 'draft-8' }))
      app.get('/limited', (_req, res) => void res.send('in'))
    },
    [
      { path: '/limited', status: 200, route: '/limited' },
      // The second request on its connection counts as well.
      { path: '/limited', status: 429, route: '/limited' },
    ],
  ),
  onExpress(
    'passport',
    (app) => {
      passport.use(new Strategy((token, done) => done(null, token === 't-1' && { id: token })))
      app.use(passport.initialize())
      const guard = passport.authenticate('bearer', { session: false })
      app.get('/account', guard, (req, res) => void res.json(req.user))
      app.use(
        '/admin',
        guard,
        Router().get('/users/:id', (req, res) => void res.json(req.params)),
      )
    },
    [
      { path: '/account', headers: auth, status: 200, route: '/account' },
      { path: '/account', status: 401, route: '/account' },
      { path: '/admin/users/7', headers: auth, status: 200, route: '/admin/users/:id' },
      { path: '/admin/users/7', status: 401, route: '/admin/users/:id' },
    ],
  ),
  onExpress(
    'nested and mounted routers and applications',
    (app) => {
      const items = Router({ mergeParams: true }).get('/:item', (req, res) => void res.json(req.params))
      const shop = express()
        .use('/orders/:order/items', items)
        .get('/', (_req, res) => void res.send('shop'))
      app.use('/v1', shop)
      app.use(['/v2', '/latest'], Router().use('/shop', shop))
    },
    [
      { path: '/v1', status: 200, route: '/v1' },
      { path: '/v1/orders/1/items/2', status: 200, route: '/v1/orders/:order/items/:item' },
      {
        path: '/v2/shop/orders/1/items/2',
        status: 200,
        route: '/v2/shop/orders/:order/items/:item',
      },
      {
        path: '/latest/shop/orders/1/items/2',
        status: 200,
        route: '/latest/shop/orders/:order/items/:item',
      },
      { path: '/v1/none', status: 404 },
    ],
  ),
  onExpress(
    'bodies, redirects and errors of Express itself',
    (app) => {
      app.use(express.json({ limit: 100 }), express.urlencoded())
      app.post('/echo', (req, res) => void res.json(req.body))
      app.get('/old', (_req, res) => res.redirect(301, '/new'))
      app.get('/async', async () => {
        await Promise.reject(Object.assign(new Error('no tea'), { status: 418 }))
      })
      app.get('/events', (_req, res) => {
        res.type('text/event-stream')
        for (let n = 0; n < 3; n++) res.write(`data: ${n}\n\n`)
        res.end()
      })
    },
    [
      { path: '/echo', ...posted({ a: 1 }), status: 200, route: '/echo' },
      { path: '/echo', ...posted({ a: 'x'.repeat(200) }), status: 413, route: '/echo' },
      { path: '/echo', ...posted({}), body: '{', status: 400, route: '/echo' },
      { path: '/old', status: 301, route: '/old' },
      { path: '/async', status: 418, route: '/async' },
      { path: '/events', status: 200, route: '/events' },
      { path: '/%ZZ', status: 404 },
    ],
  ),
  onExpress(
    'ws',
    (app) => app.get('/page', (_req, res) => void res.send('page')),
    [
      { path: '/page', status: 200, route: '/page' },
      { path: '/socket', webSocket: 'hello', status: 101 },
    ],
    (app) => {
      const server = createServer(app)
      new WebSocketServer({ server }).on('connection', (socket) => {
        socket.on('message', (text: Buffer) => socket.send(`${text.toString()} back`))
      })
      return server
    },
  ),
]
