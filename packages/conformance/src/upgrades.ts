import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

import { expect } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'

import { bytesOf, call } from './client.ts'
import type { Group } from './suite.ts'

const UPGRADE = ['Connection: Upgrade', 'Upgrade: raw']

/** Requests an upgrade, and reads until the connection is closed. */
async function askForUpgrade(port: number, path: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.write(bytesOf('GET', path, UPGRADE))
  let heard = ''
  socket.setEncoding('latin1').on('data', (text: string) => (heard += text))
  // A cut connection also closes.
  socket.on('error', () => {})
  await once(socket, 'close')
  return heard
}

/** Handles upgrades like a library beside the framework, without it. */
function takeOver(server: Server, answer: (socket: Socket) => void) {
  const listener = (_req: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {})
    answer(socket)
  }
  server.on('upgrade', listener)
  return () => server.off('upgrade', listener)
}

export const upgrades: Group = {
  promise: 'observes upgrades that others take over',
  assertions({ check, shop }) {
    check('by a server of ws, from its first connection on: one event and one stream for each', async () => {
      await using kit = await shop()
      const webSockets = new WebSocketServer({ server: kit.server, path: '/live' })
      webSockets.on('connection', (socket) => {
        socket.on('message', (message: Buffer) => socket.send(`echo ${String(message)}`))
      })
      const socket = new WebSocket(`ws://127.0.0.1:${kit.port}/live?room=7`)
      await once(socket, 'open')
      expect((await kit.metrics()).sum('http_requests_in_progress')).toBe(1)
      socket.send('hi')
      const [message] = (await once(socket, 'message')) as [Buffer]
      expect(String(message)).toBe('echo hi')
      socket.close()
      await kit.haveEnded(1)
      expect(kit.record).toMatchObject({
        method: 'GET',
        path: '/live',
        status: 101,
        outcome: 'completed',
        streamed: true,
      })
      expect(kit.access.map(({ path, status, outcome }) => [path, status, outcome])).toEqual([
        ['/live', 101, 'completed'],
      ])
      const metrics = await kit.metrics()
      expect(metrics.sum('http_stream_duration_seconds_count')).toBe(1)
      expect(metrics.sum('http_request_duration_seconds_sum')).toBeCloseTo(
        Number(kit.record.ttfbMs) / 1_000,
        9,
      )
      expect(metrics.sum('http_requests_total')).toBe(1)
      expect(metrics.sum('http_requests_in_progress')).toBe(0)
      webSockets.close()
    })

    check('with the status that they answer, or as broken where the service answers nothing', async () => {
      await using kit = await shop()
      const refusal = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
      for (const answer of [
        (socket: Socket) => void socket.end(refusal),
        (socket: Socket) => void socket.end(Buffer.from(refusal)),
        (socket: Socket) => {
          socket.write(refusal)
          socket.destroySoon()
        },
      ]) {
        const end = takeOver(kit.server, answer)
        expect(await askForUpgrade(kit.port, '/live')).toBe(refusal)
        end()
      }
      const end = takeOver(kit.server, (socket) => void socket.destroy())
      expect(await askForUpgrade(kit.port, '/live')).toBe('')
      end()
      await kit.haveEnded(4)
      expect(kit.records.map(({ status, outcome, streamed }) => [status, outcome, streamed])).toEqual([
        [401, 'completed', false],
        [401, 'completed', false],
        [401, 'completed', false],
        [undefined, 'broken', false],
      ])
      expect((await kit.metrics()).sum('http_requests_in_progress')).toBe(0)
    })

    check('and leaves it to the application whether there are any', async () => {
      await using kit = await shop()
      const headers = { connection: 'upgrade', upgrade: 'raw' }
      const answered = async () => (await call(kit.port, '/json', { headers })).status
      expect(await answered()).toBe(200)
      const first = takeOver(kit.server, (socket) => void socket.end('HTTP/1.1 101 Over\r\n\r\n'))
      const second = takeOver(kit.server, () => {})
      first()
      second()
      expect(kit.server.listenerCount('upgrade')).toBe(0)
      expect(await answered()).toBe(200)
      takeOver(kit.server, (socket) => void socket.end('HTTP/1.1 101 Over\r\n\r\n'))
      expect(await askForUpgrade(kit.port, '/live')).toBe('HTTP/1.1 101 Over\r\n\r\n')
      kit.server.removeAllListeners('upgrade')
      expect(await answered()).toBe(200)
      await kit.haveEnded(4)
      expect(kit.records.map(({ status }) => status)).toEqual([200, 200, 101, 200])
    })

    check('of several services in one process, each its own', async () => {
      await using first = await shop()
      await using second = await shop()
      for (const kit of [first, second]) {
        await call(kit.port, '/json')
        takeOver(kit.server, (socket) => void socket.end('HTTP/1.1 101 Over\r\n\r\n'))
      }
      // A standalone WebSocket server on its own port belongs to no Sightline.
      const other = new WebSocketServer({ port: 0, host: '127.0.0.1' })
      await once(other, 'listening')
      const socket = new WebSocket(`ws://127.0.0.1:${(other.address() as AddressInfo).port}/`)
      await once(socket, 'open')
      socket.terminate()
      other.close()
      await askForUpgrade(second.port, '/live')
      await second.haveEnded(2)
      expect([first.ended, second.ended]).toEqual([1, 2])
    })
  },
}
