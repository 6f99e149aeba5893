import { once } from 'node:events'

import { expect } from '@jest/globals'

import { expectAccounts } from './accounts.ts'
import { bytesOf, converse, open } from './client.ts'
import type { Group } from './suite.ts'

export const leaving: Group = {
  promise: 'counts clients that leave exactly once',
  assertions({ check, shop }) {
    check('clients that leave before the headers, with 499', async () => {
      await using kit = await shop()
      const socket = await open(kit.port)
      socket.write(bytesOf('GET', '/hangs'))
      await kit.haveArrived(1)
      socket.destroy()
      await expectAccounts(kit, 1)
      expect(kit.records).toMatchObject([
        { outcome: 'aborted', status: undefined, ttfbMs: undefined, route: '/hangs' },
      ])
      const metrics = await kit.metrics()
      expect(metrics.of('http_requests_total', { route: '/hangs', status: '499' })).toMatchObject([
        { value: 1 },
      ])
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
      socket.write(
        bytesOf('POST', '/echo', ['Content-Type: application/json', 'Content-Length: 1000'], '{"a":'),
      )
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
  },
}
