import { once } from 'node:events'

import { expect } from '@jest/globals'

import { bytesOf, call, converse, LAST, oneSocket, open, post } from './client.ts'
import type { Kit } from './kit.ts'
import type { Group } from './suite.ts'
import { MALFORMED_TARGETS } from './targets.ts'

/** The one law of counting: all that tell of requests tell of the same number, and nothing is left in flight. */
export async function expectAccounts(kit: Kit, requests: number): Promise<void> {
  await kit.haveEnded(requests)
  const metrics = await kit.metrics()
  expect({
    seen: kit.seen,
    records: kit.ended,
    accessEvents: kit.accessEvents,
    counter: metrics.sum('http_requests_total'),
    durations: metrics.sum('http_request_duration_seconds_count'),
    requestSizes: metrics.sum('http_request_size_bytes_count'),
    responseSizes: metrics.sum('http_response_size_bytes_count'),
    inProgress: metrics.sum('http_requests_in_progress'),
    negative: metrics.of('http_requests_in_progress').filter(({ value }) => value < 0),
    statsInProgress: kit.sightline.stats().inProgress,
  }).toEqual({
    seen: requests,
    records: requests,
    accessEvents: requests,
    counter: requests,
    durations: requests,
    requestSizes: requests,
    responseSizes: requests,
    inProgress: 0,
    negative: [],
    statsInProgress: 0,
  })
}

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
      expect([...bytes.matchAll(/number (\d+);/g)].map(([, n]) => Number(n))).toEqual(Array.from({ length: 30 }, (_, n) => n))
      await expectAccounts(kit, 31)
    })

    check('HEAD, without a body', async () => {
      await using kit = await shop()
      for (const target of ['/json', '/big', '/chunked']) await call(kit.port, target, { method: 'HEAD' })
      await expectAccounts(kit, 3)
      expect(kit.records.map(({ method, responseBytes, outcome }) => [method, responseBytes, outcome])).toEqual(
        Array.from({ length: 3 }, () => ['HEAD', 0, 'completed']),
      )
    })

    check('errors before the headers', async () => {
      await using kit = await shop()
      for (const target of ['/throws', '/rejects', '/throws', '/api/users/1/broken/2']) await call(kit.port, target)
      await expectAccounts(kit, 4)
      expect(kit.records.map(({ status }) => status)).toEqual([500, 500, 500, 500])
      expect((await kit.metrics()).sum('http_requests_total', { status: '500' })).toBe(4)
    })

    check('errors after the headers', async () => {
      await using kit = await shop()
      await converse(kit.port, bytesOf('GET', '/throws-late'), { until: 'partial' }, 'end')
      await converse(kit.port, bytesOf('GET', '/breaks'), { until: 'one' }, 'end')
      await converse(kit.port, bytesOf('GET', '/raw/cut'))
      await expectAccounts(kit, 3)
      expect(kit.records.map(({ status, outcome }) => [status, outcome])).toEqual(
        Array.from({ length: 3 }, () => [200, 'aborted']),
      )
    })

    check('errors whose properties throw when they are read', async () => {
      await using kit = await shop()
      const { status } = await call(kit.port, '/throws-hostile')
      expect(status).toBe(500)
      await expectAccounts(kit, 1)
      expect(kit.access).toMatchObject([{ level: 'error', status: 500, msg: 'request failed' }])
    })

    check('clients that leave before the headers, with 499', async () => {
      await using kit = await shop()
      const socket = await open(kit.port)
      socket.write(bytesOf('GET', '/hangs'))
      await kit.haveArrived(1)
      socket.destroy()
      await expectAccounts(kit, 1)
      expect(kit.records).toMatchObject([{ outcome: 'aborted', status: undefined, ttfbMs: undefined, route: '/hangs' }])
      const metrics = await kit.metrics()
      expect(metrics.of('http_requests_total', { route: '/hangs', status: '499' })).toMatchObject([{ value: 1 }])
      expect(metrics.sum('http_requests_total', { status: '200' })).toBe(0)
      expect(metrics.of('http_requests_aborted_total', { route: '/hangs' })).toMatchObject([{ value: 1 }])
    })

    check('clients that leave within the body, with the status that was sent', async () => {
      await using kit = await shop()
      const socket = await open(kit.port)
      socket.write(bytesOf('GET', '/endless'))
      await once(socket, 'data')
      socket.destroy()
      await expectAccounts(kit, 1)
      expect(kit.records).toMatchObject([{ outcome: 'aborted', status: 200, route: '/endless' }])
      expect((await kit.metrics()).sum('http_requests_aborted_total')).toBe(1)
    })

    check('clients that leave during an upload', async () => {
      await using kit = await shop()
      const socket = await open(kit.port)
      socket.write(bytesOf('POST', '/echo', ['Content-Type: application/json', 'Content-Length: 1000'], '{"a":'))
      await kit.haveArrived(1)
      socket.destroy()
      await expectAccounts(kit, 1)
      expect(kit.records).toMatchObject([{ outcome: 'aborted', status: undefined }])
    })

    check('clients that leave while pipelined requests wait', async () => {
      await using kit = await shop()
      const socket = await open(kit.port)
      socket.write([bytesOf('GET', '/hangs'), bytesOf('GET', '/hangs'), bytesOf('GET', '/json')].join(''))
      await kit.haveArrived(3)
      socket.destroy()
      await expectAccounts(kit, 3)
    })

    check('connections that the application destroys', async () => {
      await using kit = await shop()
      await converse(kit.port, bytesOf('GET', '/raw/destroyed'))
      await expectAccounts(kit, 1)
    })

    check('malformed request targets', async () => {
      await using kit = await shop()
      for (const target of MALFORMED_TARGETS) await converse(kit.port, Buffer.from(bytesOf('GET', target), 'latin1'), LAST)
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
      expect(kit.records.slice(1).map(({ responseBytes }) => responseBytes)).toEqual([1_000_000, 13, 13, 6, 0])
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
      expect(metrics.sum(count, { http_route: '/users/:id', http_response_status_code: '200', error_type: '' })).toBe(1)
      expect(metrics.sum(count, { http_route: '/throws', http_response_status_code: '500', error_type: 'Error' })).toBe(1)
      expect(metrics.sum('http_server_active_requests')).toBe(0)
      expect(metrics.of('http_requests_total')).toEqual([])
    })

    check('methods that are not standard, under one name', async () => {
      await using kit = await shop()
      for (const method of ['PROPFIND', 'PURGE', 'LINK', 'M-SEARCH']) await call(kit.port, '/json', { method })
      await kit.haveEnded(4)
      expect(new Set(kit.records.map(({ method }) => method))).toEqual(new Set(['_OTHER']))
      expect((await kit.metrics()).sum('http_requests_total', { method: '_OTHER' })).toBe(4)
    })

    check('when the kit is registered twice', async () => {
      await using kit = await shop({ app: { routes, times: 2 } })
      const { headers } = await call(kit.port, '/users/7')
      expect(headers['x-request-id']).toBe(kit.records[0]?.id)
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
        async handler({ res }: { res: import('node:http').ServerResponse }) {
          res.writeHead(200, { 'content-type': 'text/event-stream' })
          res.write('data: 1\n\n')
          await released
          res.end()
          return undefined
        },
      }
      await using kit = await shop({ app: { routes: [...routes, sse] } })
      const conversation = converse(kit.port, bytesOf('GET', '/events', ['Connection: close']), { until: 'data: 1' })
      await kit.haveArrived(1)
      const start = performance.now()
      while (performance.now() - start < 30) await new Promise(setImmediate)
      release()
      await conversation
      await expectAccounts(kit, 1)
      const [record] = kit.records
      expect(record).toMatchObject({ streamed: true, outcome: 'completed', status: 200 })
      expect(record!.ttfbMs).toBeLessThan(record!.durationMs)
      const metrics = await kit.metrics()
      expect(metrics.sum('http_request_duration_seconds_sum', { route: '/events' })).toBeCloseTo(record!.ttfbMs! / 1_000, 9)
      expect(metrics.sum('http_stream_duration_seconds_sum', { route: '/events' })).toBeCloseTo(record!.durationMs / 1_000, 9)
      expect(metrics.sum('http_stream_duration_seconds_count')).toBe(1)
    })
  },
}
