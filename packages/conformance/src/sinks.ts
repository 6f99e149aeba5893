import { expect } from '@jest/globals'

import { expectAccounts } from './accounts.ts'
import { call, CLOCK_STEP_MS } from './client.ts'
import type { Group } from './suite.ts'

const REQUESTS = 20

export const sinks: Group = {
  promise: 'never lets a fault of its own reach the host',
  assertions({ check, shop }) {
    check('isolates a sink that throws, counts it, and warns once', async () => {
      const broken = {
        name: 'broken',
        begin() {
          throw new Error('cannot begin')
        },
        write() {
          throw new Error('cannot write')
        },
      }
      await using kit = await shop({ sinks: [broken] })
      for (let n = 0; n < REQUESTS; n++) {
        const { status, body } = await call(kit.port, '/number/7')
        expect([status, body]).toEqual([200, 'number 7;'])
      }
      await expectAccounts(kit, REQUESTS)
      expect((await kit.metrics()).sum('sightline_sink_errors_total', { sink: 'broken' })).toBe(2 * REQUESTS)
      const warnings = kit.lines.filter(({ level }) => level === 'warn')
      expect(warnings).toHaveLength(1)
      expect(warnings[0]?.msg).toContain('broken')
    })

    check('survives a sink that throws what is no error', async () => {
      const hostile = [undefined, null, 'text', Object.create(null) as object, Proxy.revocable({}, {})]
      let count = 0
      const broken = {
        name: 'broken',
        write() {
          throw hostile[count++ % hostile.length]
        },
      }
      await using kit = await shop({ sinks: [broken] })
      for (let n = 0; n < hostile.length; n++) expect((await call(kit.port, '/json')).status).toBe(200)
      await expectAccounts(kit, hostile.length)
    })

    check('survives a log destination that throws', async () => {
      const destination = {
        write() {
          throw new Error('disk full')
        },
      }
      await using kit = await shop({ log: { destination } })
      for (const path of ['/json', '/throws', '/nowhere'])
        expect((await call(kit.port, path)).status).toBeGreaterThan(0)
      await kit.haveEnded(3)
      expect(() => kit.sightline.log.info('to nowhere')).not.toThrow()
      const metrics = await kit.metrics()
      expect(metrics.sum('http_requests_total')).toBe(3)
      expect(metrics.sum('http_requests_in_progress')).toBe(0)
    })

    check('gives a sink one record for each request, complete and plain', async () => {
      await using kit = await shop()
      const before = Date.now()
      await call(kit.port, '/users/7?page=2', { headers: { 'user-agent': 'a client', 'x-request-id': 'r1' } })
      await kit.haveEnded(1)
      expect(kit.records).toMatchObject([
        {
          id: 'r1',
          method: 'GET',
          route: '/users/:id',
          path: '/users/7',
          status: 200,
          outcome: 'completed',
          streamed: false,
          requestBytes: 0,
          scheme: 'http',
          userAgent: 'a client',
          fields: {},
          error: undefined,
        },
      ])
      const { durationMs, ttfbMs, startedAt } = kit.record
      expect(ttfbMs).toBeGreaterThan(0)
      expect(durationMs).toBeGreaterThanOrEqual(Number(ttfbMs))
      expect(startedAt).toBeGreaterThan(before - CLOCK_STEP_MS)
      expect(startedAt).toBeLessThan(Date.now() + CLOCK_STEP_MS)
    })
  },
}
