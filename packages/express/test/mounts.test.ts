import { expect, test } from '@jest/globals'
import { toldRoutes } from '@sightline/conformance'
import { served } from '@sightline/conformance/served'
import { createSightline } from '@sightline/core'
import express, { type Express, type NextFunction, type Request, type Response, Router } from 'express'

import { sightline } from '../src/index.ts'

/** The routes reported for requests to an application. */
function routesOf(build: (app: Express) => void, targets: readonly string[]) {
  return toldRoutes((kit) => {
    const app = express()
    app.set('env', 'test')
    app.use(sightline(kit))
    build(app)
    return served(app.listen(0, '127.0.0.1'))
  }, targets)
}

const ok = (_req: Request, res: Response) => void res.send('ok')
const deny = (_req: Request, res: Response) => void res.status(401).send('who are you?')
const pass = (_req: Request, _res: Response, next: NextFunction) => next()
const fail = () => {
  throw new Error('broken')
}

function shop(): Express {
  const app = express()
  app.get('/items/:id', ok)
  app.get('/broken/:id', fail)
  return app
}

test('names the mount by which an application was reached that is mounted at several', async () => {
  const items = shop()
  const routes = await routesOf(
    (app) => {
      app.use('/v1', items)
      app.use('/v2', items)
      app.use(['/v3', '/of/:tenant'], items)
    },
    [
      '/v1/items/7',
      '/v2/items/7',
      '/v3/items/7',
      '/of/acme/items/7',
      '/v1/broken/7',
      '/v2/broken/7',
      '/items/7',
    ],
  )
  expect(routes).toEqual({
    '/v1/items/7': '/v1/items/:id',
    '/v2/items/7': '/v2/items/:id',
    '/v3/items/7': '/v3/items/:id',
    '/of/acme/items/7': '/of/:tenant/items/:id',
    '/v1/broken/7': '/v1/broken/:id',
    '/v2/broken/7': '/v2/broken/:id',
    '/items/7': undefined,
  })
})

test('names applications in routers in applications, with parameters on the way', async () => {
  const router = Router()
  router.use('/deep', shop())
  const outer = express()
  outer.use('/r/:region', router)
  outer.use(shop())
  const routes = await routesOf(
    (app) => {
      app.use('/a', outer)
      app.use('/b/:b', outer)
    },
    ['/a/r/eu/deep/items/7', '/b/1/r/eu/deep/broken/7', '/b/1/items/7', '/a/broken/7', '/a/none'],
  )
  expect(routes).toEqual({
    '/a/r/eu/deep/items/7': '/a/r/:region/deep/items/:id',
    '/b/1/r/eu/deep/broken/7': '/b/:b/r/:region/deep/broken/:id',
    '/b/1/items/7': '/b/:b/items/:id',
    '/a/broken/7': '/a/broken/:id',
    '/a/none': undefined,
  })
})

test('names a router that is mounted in itself', async () => {
  const router = Router()
  router.get('/items/:id', ok)
  router.use('/again', router)
  router.use('/more/:more', router)
  const routes = await routesOf(
    (app) => void app.use(router),
    ['/items/7', '/again/items/7', '/again/more/1/again/items/7'],
  )
  expect(routes).toEqual({
    '/items/7': '/items/:id',
    '/again/items/7': '/again/items/:id',
    '/again/more/1/again/items/7': '/again/more/:more/again/items/:id',
  })
})

test('knows the route of the first request that is refused before a mounted application, or in it', async () => {
  const guarded = express()
  guarded.use(deny)
  guarded.get('/items/:id', ok)
  const targets = ['/api/items/7', '/api/none', '/none']
  const before = await routesOf((app) => void app.use(deny).use('/api', shop()), targets)
  const within = await routesOf((app) => void app.use('/api', guarded), targets)
  expect(before).toEqual({ '/api/items/7': '/api/items/:id', '/api/none': undefined, '/none': undefined })
  expect(within).toEqual({ '/api/items/7': '/api/items/:id', '/api/none': '/api/*', '/none': undefined })
})

test('knows the route where a middleware of a mounted application throws', async () => {
  const broken = express()
  broken.use(fail)
  broken.get('/items/:id', ok)
  const routes = await routesOf((app) => void app.use('/of/:tenant', broken), ['/of/acme/items/7'])
  expect(routes).toEqual({ '/of/acme/items/7': '/of/:tenant/items/:id' })
})

test('names applications and routers that a function calls', async () => {
  const items = shop()
  const call = (req: Request, res: Response, next: NextFunction) => items(req, res, next)
  const router = Router()
  router.get('/x/:y', ok)
  const routes = await routesOf(
    (app) => {
      app.use('/lazy', call)
      app.use('/lazy-too/:n', call)
      app.use('/router', (req, res, next) => router(req, res, next))
    },
    ['/lazy/items/7', '/lazy-too/1/items/7', '/lazy/items/8', '/lazy-too/1/broken/7', '/router/x/1'],
  )
  expect(routes).toEqual({
    '/lazy/items/7': '/lazy/items/:id',
    '/lazy-too/1/items/7': '/lazy-too/:n/items/:id',
    '/lazy/items/8': '/lazy/items/:id',
    '/lazy-too/1/broken/7': '/lazy-too/:n/broken/:id',
    '/router/x/1': '/router/x/:y',
  })
})

test('names what a middleware has rewritten by the route that it has led to', async () => {
  const items = shop()
  const routes = await routesOf(
    (app) => {
      app.use((req, _res, next) => {
        req.url = req.url.replace('/old', '/v1')
        next()
      })
      app.use('/v1', items)
      app.use('/v2', items)
    },
    ['/old/items/7', '/old/broken/7'],
  )
  expect(routes).toEqual({ '/old/items/7': '/v1/items/:id', '/old/broken/7': '/v1/broken/:id' })
})

test('names the mount of what answers without a route, and no route where a request has come to its end', async () => {
  const nested = Router()
  nested.use('/in', ok)
  const routes = await routesOf(
    (app) => {
      app.use('/graphql', ok)
      app.use('/of/:tenant/files', ok)
      app.use('/router', nested)
      app.use('/throws', fail)
      app.use('/passes', pass)
      app.get('/late/:rest', pass)
      app.use('/late', ok)
    },
    ['/graphql', '/graphql/a?b=1', '/of/7/files/a', '/router/in/7', '/throws/1', '/passes/1', '/late/1'],
  )
  expect(routes).toEqual({
    '/graphql': '/graphql/*',
    '/graphql/a?b=1': '/graphql/*',
    '/of/7/files/a': '/of/:tenant/files/*',
    '/router/in/7': '/router/in/*',
    '/throws/1': '/throws/*',
    '/passes/1': undefined,
    '/late/1': '/late/*',
  })
})

test('names no route for what a middleware without a path answers', async () => {
  const routes = await routesOf((app) => void app.use(ok), ['/anything'])
  expect(routes).toEqual({ '/anything': undefined })
})

test('names whole routes where it is used in an application that is mounted, alone or as well', async () => {
  const targets = ['/k/1/items/7', '/r/items/7']
  const inner = createSightline({ service: 'inner', log: { level: 'silent' } })
  const twice = express()
  twice.use(sightline(inner), shop())
  const both = await routesOf((app) => void app.use('/k/:k', twice).use('/r', Router().use(twice)), targets)
  await inner.close()
  expect(both).toEqual({ '/k/1/items/7': '/k/:k/items/:id', '/r/items/7': '/r/items/:id' })

  const alone = await toldRoutes(
    (kit) => {
      const within = express()
      within.use(sightline(kit), shop())
      return served(express().use('/k/:k', within).listen(0, '127.0.0.1'))
    },
    ['/k/1/items/7', '/k/1/broken/7'],
  )
  expect(alone).toEqual({ '/k/1/items/7': '/k/:k/items/:id', '/k/1/broken/7': '/k/:k/broken/:id' })
})

test('makes the series of routes of mounted applications at 0', async () => {
  const kit = createSightline({ service: 'shop', log: { level: 'silent' } })
  const app = express()
  app.use(sightline(kit)).use('/v1', shop()).use('/v2', Router().use(shop()))
  const { server, close } = await served(app.listen(0, '127.0.0.1'))
  const { port } = server.address() as { port: number }
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  await close()
  await kit.close()
  for (const route of ['/v1/items/:id', '/v2/items/:id'])
    expect(text).toContain(`http_requests_total{method="GET",route="${route}",status="200"} 0`)
})

test('knows requests by the path that was asked for where it is used for a part of an application, and only those', async () => {
  const paths: Array<[string, string | undefined]> = []
  const kit = createSightline({
    service: 'shop',
    log: { level: 'silent' },
    sinks: [{ name: 'paths', write: ({ path, route }) => void paths.push([path, route]) }],
  })
  const app = express()
  app.use('/svc', sightline(kit))
  app.get('/svc/items/:id', ok)
  app.get('/other', ok)
  const { server, close } = await served(app.listen(0, '127.0.0.1'))
  const { port } = server.address() as { port: number }
  for (const path of ['/svc/items/7', '/other', '/svc/items/8?q=1'])
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  await close()
  await kit.close()
  expect(paths).toEqual([
    ['/svc/items/7', '/svc/items/:id'],
    ['/svc/items/8', '/svc/items/:id'],
  ])
})
