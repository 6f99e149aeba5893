import { expect } from '@jest/globals'

import { expectAccounts } from './accounts.ts'
import { bytesOf, call, converse, END, LAST, oneSocket, post } from './client.ts'
import type { Group } from './suite.ts'
import { MALFORMED_TARGETS } from './targets.ts'

export const counting: Group = {
  promise: 'counts every request exactly once',
  assertions({ check, routes, shop }) {
    check('over connections of their own', async () => {
      await using kit = await shop()
      const targets = ['/', '/json', '/users/7', '/big', '/chunked', '/unchanged', '/moved', '/nowhere']
      for (const target of targets) await call(kit.port, target)
      await post(kit.port, '/echo', { a: 1 })
      await expectAccounts(kit, targets.length + 1)
      expect(kit.records.map(({ outcome }) => outcome)).toEqual(kit.records.map(() => 'completed'))
    })

    check('over one connection that is kept', async () => {
      await using kit = await shop()
      const agent = oneSocket()
      for (let n = 0; n < 50; n++) await call(kit.port, n % 2 ? `/number/${n}` : '/chunked', { agent })
      agent.destroy()
      await expectAccounts(kit, 50)
    })

    check('over pipelining, in order', async () => {
      await using kit = await shop()
      const requests = Array.from({ length: 30 }, (_, n) => bytesOf('GET', `/number/${n}`)).join('')
      const { bytes } = await converse(kit.port, requests, LAST)
      expect([...bytes.matchAll(/number (\d+);/g)].map(([, n]) => Number(n))).toEqual(
        Array.from({ length: 30 }, (_, n) => n),
      )
      await expectAccounts(kit, 31)
    })

    check('HEAD, without a body', async () => {
      await using kit = await shop()
      for (const target of ['/json', '/big', '/chunked']) await call(kit.port, target, { method: 'HEAD' })
      await expectAccounts(kit, 3)
      expect(
        kit.records.map(({ method, responseBytes, outcome }) => [method, responseBytes, outcome]),
      ).toEqual(Array.from({ length: 3 }, () => ['HEAD', 0, 'completed']))
    })

    check('errors before the headers', async () => {
      await using kit = await shop()
      for (const target of ['/throws', '/rejects', '/throws', '/api/users/1/broken/2'])
        await call(kit.port, target)
      await expectAccounts(kit, 4)
      expect(kit.records.map(({ status }) => status)).toEqual([500, 500, 500, 500])
      expect((await kit.metrics()).sum('http_requests_total', { status: '500' })).toBe(4)
    })

    check('errors after the headers', async () => {
      await using kit = await shop()
      await converse(kit.port, bytesOf('GET', '/throws-late'), { until: 'partial' }, END)
      await converse(kit.port, bytesOf('GET', '/breaks'), { until: 'one' }, END)
      await converse(kit.port, bytesOf('GET', '/raw/cut'))
      await expectAccounts(kit, 3)
      expect(kit.records.map(({ status }) => status)).toEqual([200, 200, 200])
    })

    check('errors whose properties throw when they are read', async () => {
      await using kit = await shop()
      const { status } = await call(kit.port, '/throws-hostile')
      expect(status).toBe(500)
      await expectAccounts(kit, 1)
      expect(kit.access).toMatchObject([{ level: 'error', status: 500, msg: 'request failed' }])
    })

    check('malformed request targets', async () => {
      await using kit = await shop()
      for (const target of MALFORMED_TARGETS)
        await converse(kit.port, Buffer.from(bytesOf('GET', target), 'latin1'), LAST)
      expect(kit.ended).toBe(kit.seen)
      await expectAccounts(kit, kit.seen)
    })

    check('by sizes of bodies', async () => {
      await using kit = await shop()
      await post(kit.port, '/echo', { text: 'ü'.repeat(100) })
      await call(kit.port, '/big')
      await call(kit.port, '/chunked')
      await call(kit.port, '/raw/pieces')
      await call(kit.port, '/raw/length')
      await call(kit.port, '/unchanged')
      await expectAccounts(kit, 6)
      expect(kit.records.map(({ requestBytes }) => requestBytes)).toEqual([211, 0, 0, 0, 0, 0])
      expect(kit.records.slice(1).map(({ responseBytes }) => responseBytes)).toEqual([
        1_000_000, 13, 13, 6, 0,
      ])
    })

    check('under the names of OpenTelemetry as well', async () => {
      await using kit = await shop({ metrics: { naming: 'otel' } })
      await call(kit.port, '/users/7')
      await call(kit.port, '/nowhere')
      await call(kit.port, '/throws')
      await kit.haveEnded(3)
      const metrics = await kit.metrics()
      const count = 'http_server_request_duration_seconds_count'
      expect(metrics.sum(count)).toBe(3)
      expect(
        metrics.sum(count, { http_route: '/users/:id', http_response_status_code: '200', error_type: '' }),
      ).toBe(1)
      expect(
        metrics.sum(count, { http_route: '/throws', http_response_status_code: '500', error_type: 'Error' }),
      ).toBe(1)
      expect(metrics.sum('http_server_active_requests')).toBe(0)
      expect(metrics.of('http_requests_total')).toEqual([])
    })

    check('methods that are not standard, under one name', async () => {
      await using kit = await shop()
      for (const method of ['PROPFIND', 'PURGE', 'LINK', 'M-SEARCH'])
        await call(kit.port, '/json', { method })
      await kit.haveEnded(4)
      expect(new Set(kit.records.map(({ method }) => method))).toEqual(new Set(['_OTHER']))
      expect((await kit.metrics()).sum('http_requests_total', { method: '_OTHER' })).toBe(4)
    })

    check('when the kit is registered twice', async () => {
      await using kit = await shop({ app: { routes, times: 2 } })
      const { headers } = await call(kit.port, '/users/7')
      await kit.haveEnded(1)
      expect(headers['x-request-id']).toBe(kit.record.id)
      await call(kit.port, '/throws')
      await expectAccounts(kit, 2)
      expect(kit.records.map(({ route }) => route)).toEqual(['/users/:id', '/throws'])
    })

    check('in two applications of one process, each its own', async () => {
      await using first = await shop()
      await using second = await shop({ service: 'other' })
      await Promise.all([call(first.port, '/json'), call(second.port, '/json'), call(second.port, '/text')])
      await expectAccounts(first, 1)
      await expectAccounts(second, 2)
      expect(new Set(second.lines.map(({ service }) => service))).toEqual(new Set(['other']))
    })
  },
}
