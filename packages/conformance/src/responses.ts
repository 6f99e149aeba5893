import { once } from 'node:events'
import { request } from 'node:http'

import { expect } from '@jest/globals'

import type { Route } from './app.ts'
import { BODIES } from './bodies.ts'
import { bytesOf, converse, LAST } from './client.ts'
import { HEADS, type RawAnswer } from './heads.ts'
import { bare, observed } from './kit.ts'
import type { Group } from './suite.ts'
import { comparable } from './twins.ts'

const LAST_ROUTE: Route = { method: 'GET', pattern: '/text', handler: () => ({ body: 'some text' }) }

function answering(answer: RawAnswer): Route[] {
  const route: Route = {
    method: 'GET',
    pattern: '/answer',
    raw: true,
    handler: ({ res }) => {
      answer(res)
      return undefined
    },
  }
  return [route, LAST_ROUTE]
}

export const responses: Group = {
  promise: 'leaves a response on node’s own object as it is, and measures it',
  assertions({ adapter, check }) {
    for (const [what, answer] of [...Object.entries(HEADS), ...Object.entries(BODIES)]) {
      check(`sends the same number, order and spelling of headers, and the same body: ${what}`, async () => {
        const app = { routes: answering(answer) }
        await using kit = await observed(adapter, { app })
        await using twin = await bare(adapter, app)
        for (const method of ['GET', 'HEAD']) {
          const steps = [bytesOf(method, '/answer'), LAST]
          const [withKit, without] = await Promise.all([
            converse(kit.port, ...steps),
            converse(twin.port, ...steps),
          ])
          expect(comparable(withKit)).toBe(comparable(without))
          // Two responses, each with one id.
          expect(withKit.bytes.match(/^x-request-id: /gim)).toHaveLength(2)
        }
      })
    }

    for (const [what, answer] of Object.entries(BODIES)) {
      check(`counts the bytes of a body ${what}`, async () => {
        await using kit = await observed(adapter, { app: { routes: answering(answer) } })
        const received = await bytesReceived(kit.port, 'GET')
        await bytesReceived(kit.port, 'HEAD')
        await kit.haveEnded(2)
        expect(kit.records.map(({ responseBytes }) => responseBytes)).toEqual([received, 0])
        expect(kit.access.map((line) => line.response_bytes)).toEqual([received, 0])
        expect((await kit.metrics()).sum('http_response_size_bytes_sum')).toBe(received)
      })
    }

    check('counts the bytes of pipelined responses, each its own', async () => {
      const answer = BODIES['after a head'] as RawAnswer
      await using kit = await observed(adapter, { app: { routes: answering(answer) } })
      const one = bytesOf('GET', '/answer')
      await converse(kit.port, one + one + one, LAST)
      await kit.haveEnded(4)
      expect(kit.records.map(({ responseBytes }) => responseBytes)).toEqual([122, 122, 122, 9])
    })
  },
}

/** Number of body bytes that a client receives. */
async function bytesReceived(port: number, method: string): Promise<number> {
  const sent = request({ host: '127.0.0.1', port, path: '/answer', method, agent: false }).end()
  const [response] = await once(sent, 'response')
  let bytes = 0
  for await (const piece of response as AsyncIterable<Buffer>) bytes += piece.byteLength
  return bytes
}
