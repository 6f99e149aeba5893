import { Agent } from 'node:http'

import { expect } from '@jest/globals'

import { call } from './client.ts'
import type { Kit } from './kit.ts'
import type { Group } from './suite.ts'

/** Time budget of a hanging check. */
const BUDGET_MS = 200

const PROBES = ['/health/live', '/health/ready', '/health/startup', '/health']

/** The statuses of the four probes. */
async function statuses(kit: Kit): Promise<number[]> {
  const replies = await Promise.all(PROBES.map((path) => call(kit.port, path)))
  return replies.map(({ status }) => status)
}

export const health: Group = {
  promise: 'answers probes beside the application',
  assertions({ check, routes, shop }) {
    check(
      'with 200 where all is well, to GET and HEAD with any query and with a slash at the end',
      async () => {
        await using kit = await shop()
        kit.sightline.health.check('database', () => true)
        expect(await statuses(kit)).toEqual([200, 200, 200, 200])
        for (const path of PROBES) {
          const head = await call(kit.port, `${path}?verbose`, { method: 'HEAD' })
          expect([head.status, head.body, head.headers['cache-control']]).toEqual([200, '', 'no-store'])
          expect((await call(kit.port, `${path}/`)).status).toBe(200)
          expect((await call(kit.port, `${path}/?verbose`, { method: 'HEAD' })).status).toBe(200)
        }
      },
    )

    check('and turns traffic away where a check throws, without saying why', async () => {
      await using kit = await shop()
      kit.sightline.health.check('database', () => {
        throw new Error('connect to 10.0.0.7 refused')
      })
      expect(await statuses(kit)).toEqual([200, 503, 200, 503])
      for (const path of PROBES) expect((await call(kit.port, path)).body).not.toContain('10.0.0.7')
    })

    check('and turns traffic away after the budget of a check that hangs, while it hangs', async () => {
      await using kit = await shop()
      const gate = Promise.withResolvers<void>()
      let runs = 0
      const hanging = () => (runs++ === 0 ? gate.promise : undefined)
      kit.sightline.health.check('database', hanging, { timeout: BUDGET_MS })
      const start = performance.now()
      expect(await statuses(kit)).toEqual([200, 503, 200, 503])
      expect(performance.now() - start).toBeGreaterThan(BUDGET_MS)
      expect(await statuses(kit)).toEqual([200, 503, 200, 503])
      expect(runs).toBe(1)
      gate.resolve()
      await gate.promise
      expect(await statuses(kit)).toEqual([200, 200, 200, 200])
    })

    check('and goes on where a check that is not critical fails', async () => {
      await using kit = await shop()
      kit.sightline.health.check('cache', () => false, { critical: false })
      expect(await statuses(kit)).toEqual([200, 200, 200, 200])
      expect(JSON.parse((await call(kit.port, '/health/ready')).body)).toEqual({ status: 'degraded' })
    })

    check('and runs a check once for 500 of them at the same time', async () => {
      await using kit = await shop()
      const gate = Promise.withResolvers<void>()
      let runs = 0
      kit.sightline.health.check('database', () => (runs++, gate.promise), { timeout: 60_000 })
      const agent = new Agent({ keepAlive: true, maxSockets: 500 })
      const probes = Array.from({ length: 500 }, () => call(kit.port, '/health/ready', { agent }))
      await kit.haveArrived(500)
      gate.resolve()
      const replies = await Promise.all(probes)
      agent.destroy()
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
      expect(runs).toBe(1)
    })

    check('and does not count, log or measure them', async () => {
      await using kit = await shop()
      kit.sightline.health.check('database', () => true)
      await statuses(kit)
      await call(kit.port, '/json')
      await kit.haveEnded(1)
      expect(kit.records.map(({ path }) => path)).toEqual(['/json'])
      expect(kit.access.map(({ path }) => path)).toEqual(['/json'])
      const metrics = await kit.metrics()
      expect(metrics.sum('http_requests_total')).toBe(1)
      expect(metrics.of('health_check_status', { check: 'database' })).toMatchObject([{ value: 1 }])
    })

    check('before a refusal of the application', async () => {
      await using kit = await shop({ app: { routes, guard: () => ({ status: 401, body: 'who are you?' }) } })
      expect(await statuses(kit)).toEqual([200, 200, 200, 200])
    })

    check('at other paths, or nowhere', async () => {
      await using kit = await shop({ health: { path: '/internal/health' } })
      expect((await call(kit.port, '/internal/health/ready')).status).toBe(200)
      expect((await call(kit.port, '/health/ready')).status).toBe(404)
      await using without = await shop({ health: { path: false } })
      expect((await call(without.port, '/health/live')).status).toBe(404)
    })
  },
}
