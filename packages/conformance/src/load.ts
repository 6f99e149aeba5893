import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect } from '@jest/globals'

import { expectAccounts } from './accounts.ts'
import { bytesOf, call, converse, LAST, oneSocket, open } from './client.ts'
import type { Kit } from './kit.ts'
import type { Group } from './suite.ts'

/** Maximum bytes that an aborted request may leave on the heap. A retained request takes more. */
const LEFT_PER_ABORT = 3_072

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes of heap in use after garbage collection. */
async function heapUsed(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise(setImmediate)
    collectGarbage()
  }
  return process.memoryUsage().heapUsed
}

/** Clients that leave: before the headers, within the body, during the upload. */
async function abort(kit: Kit, clients: number): Promise<void> {
  const before = kit.seen
  await Promise.all(
    Array.from({ length: clients }, async (_, n) => {
      const socket = await open(kit.port)
      if (n % 3 === 0) {
        socket.write(bytesOf('GET', '/endless'))
        await once(socket, 'data')
      } else if (n % 3 === 1) {
        socket.write(
          bytesOf('POST', '/echo', ['Content-Type: application/json', 'Content-Length: 99'], '{"a":'),
        )
        await kit.haveArrived(before + clients)
      } else {
        socket.write(bytesOf('GET', '/hangs', ['X-Request-Id: hostile id', `X-Random: ${n}`]))
        await kit.haveArrived(before + clients)
      }
      socket.destroy()
    }),
  )
  await kit.haveEnded(before + clients)
}

export const load: Group = {
  promise: 'keeps its memory bounded and its numbers right under load',
  assertions({ check, shop }) {
    check('5,000 requests on one connection', async () => {
      await using kit = await shop({ keep: false })
      const agent = oneSocket()
      for (let n = 0; n < 5_000; n++) await call(kit.port, '/users/7', { agent })
      agent.destroy()
      await expectAccounts(kit, 5_000)
    })

    check('2,000 clients that leave', async () => {
      await using kit = await shop({ keep: false })
      for (let round = 0; round < 10; round++) await abort(kit, 50)
      const before = await heapUsed()
      for (let round = 0; round < 40; round++) await abort(kit, 50)
      const grown = (await heapUsed()) - before
      await expectAccounts(kit, 2_500)
      expect((await kit.metrics()).sum('http_requests_aborted_total')).toBe(2_500)
      expect(grown / 2_000).toBeLessThan(LEFT_PER_ABORT)
    })

    check('10,000 targets of a scanner, in one route of the metrics', async () => {
      await using kit = await shop({ keep: false })
      // Express itself waits for the end of each unmatched request with listeners on its connection.
      kit.server.on('connection', (socket) => socket.setMaxListeners(0))
      const targets = Array.from({ length: 9_999 }, () => `/${Math.random().toString(36).slice(2)}.php`)
      // Express and Koa report their routes with the first request.
      await call(kit.port, '/text')
      const seriesBefore = (await kit.metrics()).text.split('\n').length
      for (let from = 0; from < targets.length; from += 1_000) {
        const batch = targets.slice(from, from + 1_000).map((target) => bytesOf('GET', target))
        const { bytes } = await converse(kit.port, batch.join(''), LAST)
        expect(bytes.match(/HTTP\/1\.1 404 /g)).toHaveLength(batch.length)
      }
      await expectAccounts(kit, 9_999 + 11)
      const metrics = await kit.metrics()
      expect(metrics.sum('http_requests_total', { route: 'unmatched', status: '404' })).toBe(9_999)
      expect(metrics.text).not.toContain('.php')
      expect(metrics.text.split('\n').length - seriesBefore).toBeLessThan(100)
      expect(Object.keys(kit.sightline.stats().routes)).toEqual(['GET /text'])
    })
  },
}
