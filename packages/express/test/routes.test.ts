import { expect, test } from '@jest/globals'
import { toldRoutes } from '@sightline/conformance'
import { served } from '@sightline/conformance/served'
import express, { type Express, type NextFunction, type Request, type Response, Router } from 'express'

import { sightline } from '../src/index.ts'

/** The routes reported for requests to an application. */
function routesOf(build: (app: Express) => void, targets: readonly string[]) {
  return toldRoutes((kit) => {
    const app = express()
    app.use(sightline(kit))
    build(app)
    return served(app.listen(0, '127.0.0.1'))
  }, targets)
}

const ok = (_req: Request, res: Response) => void res.send('ok')
const fail = () => {
  throw new Error('broken')
}

test('names the one pattern of a list that matched', async () => {
  const routes = await routesOf((app) => void app.get(['/a', '/b/:id'], ok), ['/a', '/b/7'])
  expect(routes).toEqual({ '/a': '/a', '/b/7': '/b/:id' })
})

test('names a regular expression by its source', async () => {
  const routes = await routesOf((app) => void app.get(/^\/re(\d+)$/, ok), ['/re42'])
  expect(routes).toEqual({ '/re42': String(/^\/re(\d+)$/) })
})

test('names optional parts and wildcards as they were written', async () => {
  const routes = await routesOf(
    (app) => {
      app.get('/opt{/:id}', ok)
      app.get('/any/*rest', ok)
    },
    ['/opt', '/opt/7', '/any/a/b'],
  )
  expect(routes).toEqual({ '/opt': '/opt{/:id}', '/opt/7': '/opt{/:id}', '/any/a/b': '/any/*rest' })
})

test('names routes of app.route() and app.all()', async () => {
  const routes = await routesOf(
    (app) => {
      app.route('/thing/:id').get(ok).post(ok)
      app.all('/all', ok)
    },
    ['/thing/7', 'POST /thing/7', 'DELETE /thing/7', 'DELETE /all'],
  )
  expect(routes).toEqual({
    '/thing/7': '/thing/:id',
    'POST /thing/7': '/thing/:id',
    'DELETE /thing/7': undefined,
    'DELETE /all': '/all',
  })
})

test('names the prefix by which a router was reached that is mounted twice', async () => {
  const items = Router()
  items.get('/items/:id', ok)
  const routes = await routesOf(
    (app) => {
      app.use('/v1', items)
      app.use(['/v2', '/v3/:tenant'], items)
    },
    ['/v1/items/7', '/v2/items/7', '/v3/acme/items/7'],
  )
  expect(routes).toEqual({
    '/v1/items/7': '/v1/items/:id',
    '/v2/items/7': '/v2/items/:id',
    '/v3/acme/items/7': '/v3/:tenant/items/:id',
  })
})

test('keeps the pattern where a value looks like a part of the path', async () => {
  const inner = Router({ mergeParams: true })
  inner.get('/users/:id', ok)
  const routes = await routesOf(
    (app) => void app.use('/users/:group', inner),
    ['/users/users/users/users', '/users/7/users/7'],
  )
  expect(new Set(Object.values(routes))).toEqual(new Set(['/users/:group/users/:id']))
})

test('names routes of applications that are mounted, from their first request', async () => {
  const deepest = express()
  deepest.get('/z/:id', ok)
  const sub = express()
  sub.get('/x/:y', ok)
  sub.get('/boom/:y', fail)
  sub.use('/deep', deepest)
  const routes = await routesOf(
    (app) => void app.use('/sub', sub),
    ['/sub/x/7', '/sub/boom/7', '/sub/deep/z/7', '/sub/none'],
  )
  expect(routes).toEqual({
    '/sub/x/7': '/sub/x/:y',
    '/sub/boom/7': '/sub/boom/:y',
    '/sub/deep/z/7': '/sub/deep/z/:id',
    '/sub/none': undefined,
  })
})

test('keeps the prefix when a handler throws, whoever handles the error', async () => {
  const inner = Router({ mergeParams: true })
  inner.get('/orders/:oid', fail)
  inner.get('/handled/:oid', fail, (_error: Error, _req: Request, res: Response, _next: NextFunction) => {
    res.status(503).send('handled')
  })
  const routes = await routesOf(
    (app) => {
      app.use('/users/:id', inner)
      app.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => {
        res.status(500).send('sorry')
      })
    },
    ['/users/7/orders/9', '/users/7/handled/9'],
  )
  expect(routes).toEqual({
    '/users/7/orders/9': '/users/:id/orders/:oid',
    '/users/7/handled/9': '/users/:id/handled/:oid',
  })
})

test('keeps the route of a request that a middleware of its router refuses', async () => {
  const inner = Router()
  inner.use((_req, res) => void res.status(401).send('who are you?'))
  inner.get('/orders/:oid', ok)
  const routes = await routesOf(
    (app) => void app.use('/users/:id', inner),
    ['/users/7/orders/9', '/users/7/none'],
  )
  expect(routes).toEqual({ '/users/7/orders/9': '/users/:id/orders/:oid', '/users/7/none': '/users/:id/*' })
})

test('names routes that were added after the first request', async () => {
  const routes = await routesOf(
    (app) => {
      app.get('/grow', (_req, res) => {
        app.get('/grown/:id', ok)
        res.send('grown')
      })
    },
    ['/grow', '/grown/7'],
  )
  expect(routes).toEqual({ '/grow': '/grow', '/grown/7': '/grown/:id' })
})
