import { expect } from '@jest/globals'

import { call, oneSocket } from './client.ts'
import type { Group } from './suite.ts'

const TOKEN = 'c2lnaHRsaW5lLXRva2Vu'

export const endpoints: Group = {
  promise: 'answers scrapes beside the application',
  assertions({ check, routes, shop }) {
    check('with metrics, in the format that was asked for', async () => {
      await using kit = await shop()
      await call(kit.port, '/users/7')
      await kit.haveEnded(1)
      const plain = await call(kit.port, '/metrics')
      expect(plain.status).toBe(200)
      expect(plain.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
      expect(plain.body).toContain('http_requests_total{method="GET",route="/users/:id",status="200"} 1\n')
      const open = await call(kit.port, '/metrics', {
        headers: { accept: 'application/openmetrics-text; version=1.0.0' },
      })
      expect(open.headers['content-type']).toContain('application/openmetrics-text')
      expect(open.body.endsWith('# EOF\n')).toBe(true)
    })

    check('with statistics', async () => {
      await using kit = await shop()
      await call(kit.port, '/users/7')
      await call(kit.port, '/throws')
      await kit.haveEnded(2)
      const { status, headers, body } = await call(kit.port, '/stats')
      expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
      expect(JSON.parse(body)).toMatchObject({
        service: 'shop',
        requests: 2,
        errorRatio: 0.5,
        inProgress: 0,
        routes: { 'GET /users/:id': { requests: 1 } },
      })
    })

    check('to GET and HEAD with any query and with a slash at the end', async () => {
      await using kit = await shop()
      for (const path of ['/metrics', '/stats']) {
        const { body, headers } = await call(kit.port, `${path}?from=prometheus`)
        expect(body.length).toBeGreaterThan(0)
        expect(headers['cache-control']).toBe('no-store')
        const head = await call(kit.port, path, { method: 'HEAD' })
        expect([head.status, head.body]).toEqual([200, ''])
        expect(Number(head.headers['content-length'])).toBeGreaterThan(0)
        expect((await call(kit.port, `${path}/`)).headers['cache-control']).toBe('no-store')
        expect((await call(kit.port, `${path}/?from=prometheus`)).status).toBe(200)
      }
    })

    check('and leaves other methods to the application, as if it were not there', async () => {
      const own = ['/metrics', '/stats', '/health', '/health/live'].map((pattern) => ({
        method: 'POST' as const,
        pattern,
        handler: () => ({ status: 201, body: 'stored' }),
      }))
      const prefixed = { ...own[0], method: 'PUT' as const, pattern: '/live', prefix: '/health' }
      const app = { routes: [...routes, ...own, { ...prefixed, handler: () => ({ status: 202 }) }] }
      await using kit = await shop({ app })
      await using bare = await shop({ app: { routes } })
      for (const { pattern } of own) {
        const reply = await call(kit.port, `${pattern}?x=1`, { method: 'POST' })
        expect([reply.status, reply.body]).toEqual([201, 'stored'])
      }
      expect((await call(kit.port, '/health/live', { method: 'PUT' })).status).toBe(202)
      for (const method of ['POST', 'DELETE', 'OPTIONS'])
        for (const path of ['/metrics', '/stats', '/health/ready']) {
          const elsewhere = await call(bare.port, '/nowhere', { method })
          expect((await call(bare.port, path, { method })).status).toBe(elsewhere.status)
        }
      await kit.haveEnded(own.length + 1)
      const told = kit.records.map(({ method, route, status }) => `${method} ${route} ${status}`)
      expect(told).toEqual([...own.map(({ pattern }) => `POST ${pattern} 201`), 'PUT /health/live 202'])
      expect((await kit.metrics()).sum('http_requests_total')).toBe(own.length + 1)
      expect((await call(kit.port, '/stats')).headers['content-type']).toContain('application/json')
      expect(kit.lines.filter(({ level }) => level === 'warn' || level === 40)).toEqual([])
    })

    check(
      'and says once which routes of the application are never reached, and which option moves its own',
      async () => {
        const handler = () => ({ body: 'my own' })
        const own = [
          { method: 'GET' as const, pattern: '/stats', handler },
          { method: 'GET' as const, pattern: '/live', prefix: '/health', handler },
          { method: 'POST' as const, pattern: '/metrics', handler },
        ]
        await using kit = await shop({ app: { routes: [...routes, ...own] } })
        for (let n = 0; n < 3; n++)
          for (const path of ['/stats', '/health/live', '/metrics'])
            expect((await call(kit.port, path)).body).not.toBe('my own')
        const warnings = kit.lines.flatMap(({ msg }) => (String(msg).includes('never reached') ? [msg] : []))
        expect(warnings).toEqual([
          expect.stringMatching(/GET \/stats is never reached.* option stats\.path /),
          expect.stringMatching(/GET \/health\/live is never reached.* option health\.path /),
        ])
        expect((await kit.metrics()).text).not.toMatch(/method="GET",route="\/(?:stats|health\/live)"/)
      },
    )

    check('and does not count, log or measure them', async () => {
      await using kit = await shop()
      for (const method of ['GET', 'HEAD'])
        for (const path of ['/metrics', '/stats', '/metrics?x=1', '/metrics/', '/health/live/'])
          await call(kit.port, path, { method })
      await call(kit.port, '/json')
      await kit.haveEnded(1)
      expect(kit.records.map(({ path }) => path)).toEqual(['/json'])
      expect(kit.lines.map(({ path }) => path)).toEqual(['/json'])
      const metrics = await kit.metrics()
      expect(metrics.sum('http_requests_total')).toBe(1)
      expect(metrics.sum('http_requests_in_progress')).toBe(0)
      expect(metrics.text).not.toMatch(/route="\/(?:metrics|stats)"/)
    })

    check('at other paths, or nowhere', async () => {
      await using kit = await shop({ metrics: { path: '/internal/metrics' }, stats: { path: false } })
      expect((await call(kit.port, '/internal/metrics')).status).toBe(200)
      expect((await call(kit.port, '/metrics')).status).toBe(404)
      expect((await call(kit.port, '/stats')).status).toBe(404)
      await kit.haveEnded(2)
      const own = { method: 'GET' as const, pattern: '/metrics', handler: () => ({ body: 'my own' }) }
      await using without = await shop({ app: { routes: [...routes, own] }, metrics: { path: false } })
      expect((await call(without.port, '/metrics')).body).toBe('my own')
      expect(without.lines.filter(({ msg }) => String(msg).includes('never reached'))).toEqual([])
    })

    check('to operators only, where a token is asked for', async () => {
      await using kit = await shop({ management: { token: TOKEN } })
      const authorized = { authorization: `Bearer ${TOKEN}` }
      for (const path of ['/metrics', '/stats', '/loggers']) {
        const refused = await call(kit.port, path)
        expect([refused.status, refused.headers['www-authenticate']]).toEqual([
          401,
          'Bearer realm="sightline"',
        ])
        expect((await call(kit.port, path, { headers: authorized })).status).toBe(200)
      }
      expect((await call(kit.port, '/health/live')).status).toBe(200)

      const body = JSON.stringify({ level: 'silent', path: '/users/*' })
      const headers = { ...authorized, 'content-type': 'application/json' }
      expect((await call(kit.port, '/loggers', { method: 'POST', body })).status).toBe(401)
      expect((await call(kit.port, '/loggers', { method: 'POST', body, headers })).status).toBe(200)
      await call(kit.port, '/users/7')
      await call(kit.port, '/json')
      await kit.haveEnded(2)
      expect(kit.lines.flatMap(({ path }) => path ?? [])).toEqual(['/json'])
    })

    check('before a refusal of the application', async () => {
      await using kit = await shop({ app: { routes, guard: () => ({ status: 401, body: 'who are you?' }) } })
      expect((await call(kit.port, '/metrics')).status).toBe(200)
      expect((await call(kit.port, '/json')).status).toBe(401)
    })

    check('while connections are kept', async () => {
      await using kit = await shop()
      const agent = oneSocket()
      for (let n = 0; n < 5; n++) {
        expect((await call(kit.port, '/metrics', { agent })).status).toBe(200)
        expect((await call(kit.port, '/json', { agent })).status).toBe(200)
      }
      agent.destroy()
      await kit.haveEnded(5)
      expect(kit.ended).toBe(5)
    })
  },
}
