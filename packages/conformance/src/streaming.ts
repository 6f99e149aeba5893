import type { ServerResponse } from 'node:http'

import { expect } from '@jest/globals'

import { expectAccounts } from './accounts.ts'
import { bytesOf, converse } from './client.ts'
import type { Group } from './suite.ts'

export const streaming: Group = {
  promise: 'measures streams by their first byte',
  assertions({ check, routes, shop }) {
    check('puts the time to the first byte into the latency and the lifetime apart', async () => {
      let release = () => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      const sse = {
        method: 'GET' as const,
        pattern: '/events',
        raw: true,
        async handler({ res }: { res: ServerResponse }) {
          res.writeHead(200, { 'content-type': 'text/event-stream' })
          res.write('data: 1\n\n')
          await released
          res.end()
          return undefined
        },
      }
      await using kit = await shop({ app: { routes: [...routes, sse] } })
      const conversation = converse(kit.port, bytesOf('GET', '/events', ['Connection: close']), {
        until: 'data: 1',
      })
      await kit.haveArrived(1)
      const start = performance.now()
      while (performance.now() - start < 30) await new Promise(setImmediate)
      release()
      await conversation
      await expectAccounts(kit, 1)
      const { record } = kit
      expect(record).toMatchObject({ streamed: true, outcome: 'completed', status: 200 })
      expect(record.ttfbMs).toBeLessThan(record.durationMs)
      const metrics = await kit.metrics()
      expect(metrics.sum('http_request_duration_seconds_sum', { route: '/events' })).toBeCloseTo(
        Number(record.ttfbMs) / 1_000,
        9,
      )
      expect(metrics.sum('http_stream_duration_seconds_sum', { route: '/events' })).toBeCloseTo(
        record.durationMs / 1_000,
        9,
      )
      expect(metrics.sum('http_stream_duration_seconds_count')).toBe(1)
    })
  },
}
