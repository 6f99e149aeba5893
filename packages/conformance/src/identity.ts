import { expect } from '@jest/globals'

import { bytesOf, call, converse } from './client.ts'
import type { Group } from './suite.ts'

const REFUSED_IDS = [
  'with space',
  'semi;colon',
  'quo"te',
  '{"json":1}',
  'sla/sh',
  'ünï',
  'a'.repeat(129),
  '',
  '<b>',
  '%0d%0a',
]

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

const REFUSED_TRACES = [
  '',
  'nonsense',
  `00-${TRACE}-${PARENT}`,
  `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  `00-${'0'.repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `ff-${TRACE}-${PARENT}-01`,
  `00-${TRACE}-${PARENT}-01-more`,
  `00-${TRACE}-${PARENT}-0g`,
  `00_${TRACE}_${PARENT}_01`,
]

export const identity: Group = {
  promise: 'gives every request its ids',
  assertions({ check, routes, shop }) {
    check('echoes a request id that it accepts', async () => {
      await using kit = await shop()
      for (const id of ['abc', 'A.b_c-1', 'a'.repeat(128)]) {
        const { headers } = await call(kit.port, '/json', { headers: { 'x-request-id': id } })
        expect(headers['x-request-id']).toBe(id)
      }
      await kit.haveEnded(3)
      expect(kit.access.map((line) => line.request_id)).toEqual(['abc', 'A.b_c-1', 'a'.repeat(128)])
    })

    check('replaces a request id that is malformed', async () => {
      await using kit = await shop()
      for (const id of REFUSED_IDS) {
        const bytes = Buffer.from(bytesOf('GET', '/json', [`X-Request-Id: ${id}`, 'Connection: close']))
        const reply = await converse(kit.port, bytes)
        const echoed = /x-request-id: (.*)\r/i.exec(reply.bytes)?.[1]
        expect(echoed).toMatch(/^[A-Za-z0-9._-]{1,128}$/)
        expect(echoed).not.toBe(id)
      }
      const twice = await converse(
        kit.port,
        bytesOf('GET', '/json', ['X-Request-Id: a', 'X-Request-Id: b', 'Connection: close']),
      )
      expect(/x-request-id: (.*)\r/i.exec(twice.bytes)?.[1]).not.toContain(',')
    })

    check('believes no request id where trust is never', async () => {
      await using kit = await shop({ trust: 'never' })
      const { headers } = await call(kit.port, '/json', { headers: { 'x-request-id': 'abc' } })
      expect(headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,128}$/)
      expect(headers['x-request-id']).not.toBe('abc')
      await kit.haveEnded(1)
      expect(kit.access).toMatchObject([{ request_id: headers['x-request-id'] }])
    })

    check('believes the request ids for which a function says so, and none where it throws', async () => {
      await using kit = await shop({
        trust(req) {
          if (req.url === '/text') throw new Error('no opinion')
          return req.headers['x-from'] === 'gateway'
        },
      })
      const idOf = async (path: string, from: string) => {
        const { status, headers } = await call(kit.port, path, {
          headers: { 'x-request-id': 'abc', 'x-from': from },
        })
        expect(status).toBe(200)
        return headers['x-request-id']
      }
      expect(await idOf('/json', 'gateway')).toBe('abc')
      expect(await idOf('/json', 'anybody')).not.toBe('abc')
      expect(await idOf('/text', 'gateway')).not.toBe('abc')
    })

    check('makes ids that are unique', async () => {
      await using kit = await shop()
      await using other = await shop()
      const calls = Array.from({ length: 200 }, (_, n) => call(n % 2 ? kit.port : other.port, '/json'))
      const ids = (await Promise.all(calls)).map(({ headers }) => headers['x-request-id'])
      expect(new Set(ids).size).toBe(200)
    })

    check('echoes the request id of errors, unknown routes, refusals and streams', async () => {
      const guard = ({ url }: { url?: string | undefined }) =>
        url === '/users/1' ? { status: 401 } : undefined
      await using kit = await shop({ app: { routes, guard } })
      for (const path of [
        '/throws',
        '/rejects',
        '/refuses',
        '/nowhere',
        '/users/1',
        '/chunked',
        '/raw/head',
        '/raw/pieces',
      ]) {
        const { headers } = await call(kit.port, path, {
          headers: { 'x-request-id': `id-of${path.replaceAll('/', '-')}` },
        })
        expect(headers['x-request-id']).toBe(`id-of${path.replaceAll('/', '-')}`)
      }
      await kit.haveEnded(8)
      expect(kit.access.map((line) => line.request_id)).toEqual(kit.records.map(({ id }) => id))
    })

    check('tells handlers the id that it answers with', async () => {
      let told: string | undefined
      const route = {
        method: 'GET' as const,
        pattern: '/told',
        handler({ id }: { id: string }) {
          told = id
          return { body: 'ok' }
        },
      }
      await using kit = await shop({ app: { routes: [route] } })
      const { headers } = await call(kit.port, '/told')
      expect(told).toBe(headers['x-request-id'])
    })

    check('continues a trace', async () => {
      await using kit = await shop()
      const headers = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'a=1, b=2' }
      await call(kit.port, '/json', { headers })
      await call(kit.port, '/json', { headers: { traceparent: `cc-${TRACE}-${PARENT}-00-future` } })
      await kit.haveEnded(2)
      const first = kit.record.trace
      const second = kit.records[1]?.trace
      expect(first).toMatchObject({ traceId: TRACE, parentId: PARENT, sampled: true, state: 'a=1,b=2' })
      expect(first.spanId).toMatch(/^(?!0{16})[0-9a-f]{16}$/)
      expect(first.spanId).not.toBe(PARENT)
      expect(second).toMatchObject({ traceId: TRACE, parentId: PARENT, sampled: false })
      expect(kit.access[0]).toMatchObject({ trace_id: TRACE, span_id: first.spanId })
    })

    check('restarts a trace whose header is malformed', async () => {
      await using kit = await shop()
      for (const traceparent of REFUSED_TRACES)
        await call(kit.port, '/json', { headers: { traceparent, tracestate: 'a=1' } })
      await call(kit.port, '/json')
      await kit.haveEnded(REFUSED_TRACES.length + 1)
      for (const { trace } of kit.records) {
        expect(trace).toMatchObject({ parentId: undefined, state: undefined })
        expect(trace.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
        expect(trace.traceId).not.toBe(TRACE)
      }
      expect(new Set(kit.records.map(({ trace }) => trace.traceId)).size).toBe(kit.records.length)
    })
  },
}
