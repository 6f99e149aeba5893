import { expect } from '@jest/globals'

import { call } from './client.ts'
import type { Group } from './suite.ts'

export const exactRoutes: Group = {
  promise: 'names the exact route',
  assertions({ adapter, check, routes, shop }) {
    const { wildcard } = adapter
    const expected: Readonly<Record<string, string | undefined>> = {
      '/': '/',
      '/json': '/json',
      '/users/7': '/users/:id',
      '/users/7?admin=1': '/users/:id',
      '/users/a%20b': '/users/:id',
      '/api/v1/items': '/api/v1/items',
      '/api/users/7/orders/9': '/api/users/:id/orders/:oid',
      '/api/users/api/orders/users': '/api/users/:id/orders/:oid',
      '/api/users/7/broken/9': '/api/users/:id/broken/:oid',
      '/files/a/b.txt': `/files/${wildcard}`,
      '/throws': '/throws',
      '/rejects': '/rejects',
      '/refuses': '/refuses',
      '/nowhere': undefined,
      '/api/users/7': undefined,
      '/users/7/8': undefined,
    }

    for (const [target, route] of Object.entries(expected)) {
      check(`of ${target}: ${route ?? 'none'}`, async () => {
        await using kit = await shop()
        await call(kit.port, target)
        await call(kit.port, target, { method: 'HEAD' })
        await kit.haveEnded(2)
        expect(kit.records.map((record) => record.route)).toEqual([route, route])
        expect(kit.access.map((line) => line.route)).toEqual([route ?? null, route ?? null])
        const metrics = await kit.metrics()
        const counted = metrics.of('http_requests_total', { method: 'GET' }).filter(({ value }) => value > 0)
        expect(counted.map(({ labels }) => labels.route)).toEqual([route ?? 'unmatched'])
      })
    }

    check('of a path that exists for other methods only: none', async () => {
      await using kit = await shop()
      await call(kit.port, '/json', { method: 'DELETE' })
      await kit.haveEnded(1)
      expect(kit.records).toMatchObject([{ route: undefined }])
    })

    check('of a request that is refused before its route, where the route exists', async () => {
      await using kit = await shop({ app: { routes, guard: () => ({ status: 401, body: 'who are you?' }) } })
      for (const target of ['/users/7', '/api/users/7/orders/9', '/nowhere']) await call(kit.port, target)
      await kit.haveEnded(3)
      expect(kit.records.map(({ route, status }) => [route, status])).toEqual([
        ['/users/:id', 401],
        ['/api/users/:id/orders/:oid', 401],
        [undefined, 401],
      ])
    })

    check('of a body that cannot be parsed', async () => {
      await using kit = await shop()
      const headers = { 'content-type': 'application/json', 'content-length': '2' }
      await call(kit.port, '/echo', { method: 'POST', headers, body: '{a' })
      await kit.haveEnded(1)
      expect(kit.records).toMatchObject([{ route: '/echo' }])
    })

    check('before anybody has asked for it, at 0, from the first scrape on', async () => {
      await using kit = await shop()
      await call(kit.port, '/metrics')
      const metrics = await kit.metrics()
      for (const route of ['/users/:id', '/api/users/:id/orders/:oid', `/files/${wildcard}`])
        expect(metrics.of('http_requests_total', { method: 'GET', route, status: '200' })).toMatchObject([
          { value: 0 },
        ])
    })

    check(
      'of a route for all methods: at 0 for the common ones, and for others once they are asked for',
      async () => {
        const handler = () => ({ body: 'any' })
        await using kit = await shop({ app: { routes: [{ method: 'ALL', pattern: '/any/:id', handler }] } })
        await call(kit.port, '/metrics')
        const methodsIn = async () =>
          (await kit.metrics())
            .of('http_requests_total', { route: '/any/:id', status: '200' })
            .map(({ labels, value }) => `${labels.method} ${value}`)
        expect((await methodsIn()).toSorted()).toEqual(['DELETE 0', 'GET 0', 'PATCH 0', 'POST 0', 'PUT 0'])
        await call(kit.port, '/any/7', { method: 'OPTIONS' })
        await call(kit.port, '/any/7', { method: 'POST' })
        await kit.haveEnded(2)
        expect(await methodsIn()).toEqual(expect.arrayContaining(['OPTIONS 1', 'POST 1', 'GET 0']))
      },
    )

    check("of the application's own rule, where it has one for a request", async () => {
      await using kit = await shop({
        route(req, res) {
          if (req.url?.startsWith('/text')) throw new Error('no name for it')
          const operation = req.headers['x-operation']
          return typeof operation === 'string' ? `${operation} ${res.statusCode}` : undefined
        },
      })
      const named = { headers: { 'x-operation': 'Query.orders' } }
      for (const target of ['/json', '/nowhere']) await call(kit.port, target, named)
      for (const target of ['/users/7', '/text', '/nowhere']) await call(kit.port, target)
      await kit.haveEnded(5)
      expect(kit.records.map(({ route }) => route)).toEqual([
        'Query.orders 200',
        'Query.orders 404',
        '/users/:id',
        '/text',
        undefined,
      ])
      expect(kit.lines.filter(({ msg }) => String(msg).includes('option route failed'))).toHaveLength(1)
    })

    check("of the application's own rule within the bound of series", async () => {
      let names = 0
      await using kit = await shop({ metrics: { maxSeries: 10 }, route: () => `Operation${names++}` })
      for (let n = 0; n < 30; n++) await call(kit.port, '/json')
      await kit.haveEnded(30)
      const counted = (await kit.metrics()).of('http_requests_total').filter(({ value }) => value > 0)
      expect(counted).toHaveLength(11)
      expect(counted.find(({ labels }) => labels.route === 'overflow')?.value).toBe(20)
    })

    check('and no value of a parameter in any label', async () => {
      await using kit = await shop()
      for (let n = 0; n < 50; n++) await call(kit.port, `/api/users/value${n}/orders/value${n}`)
      await kit.haveEnded(50)
      expect((await kit.metrics()).text).not.toContain('value1')
    })
  },
}
