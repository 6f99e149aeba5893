import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'

import { ServedConnections } from '../src/lifecycle/served.ts'

let clock: jest.SpiedFunction<typeof performance.now>
const closing: Array<() => void> = []
beforeEach(() => {
  clock = jest.spyOn(performance, 'now')
})
afterEach(() => {
  clock.mockRestore()
  for (const close of closing.splice(0)) close()
})

/** A watched server, and a connection to it. */
async function connected(listener: RequestListener) {
  const server = createServer(listener)
  const served = new ServedConnections(server, true)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => server.close().closeAllConnections())
  const accepted = once(server, 'connection')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1')
  socket.on('error', () => {})
  closing.push(() => socket.destroy())
  const [peer] = (await accepted) as [Socket]
  return { served, server, socket, peer }
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n'

/** Sends a request, and resolves to the bytes of the answer. */
async function asked(socket: Socket): Promise<string> {
  socket.write(REQUEST)
  const [answer] = (await once(socket, 'data')) as [string]
  return answer
}

function refusing(served: ServedConnections): void {
  clock.mockReturnValue(0)
  void served.refuse()
  served.sweep()
}

const answers: RequestListener = (_req, res) => void res.end('answered')

describe('a connection of a server that refuses new ones', () => {
  it('that idles has its next request answered, as its last', async () => {
    const { served, socket, peer } = await connected(answers)
    expect(await asked(socket)).toContain('keep-alive')
    refusing(served)
    clock.mockReturnValue(149)
    served.sweep()
    expect(peer.destroyed).toBe(false)
    const answer = await asked(socket)
    expect(answer).toContain('Connection: close')
    expect(answer).toContain('answered')
    await once(socket, 'close')
  })

  it('that idles for 150 ms is closed', async () => {
    const { served, socket, peer } = await connected(answers)
    await asked(socket)
    refusing(served)
    clock.mockReturnValue(150)
    served.sweep()
    expect(peer.destroyed).toBe(true)
  })

  it('that sends its headers slowly is closed after a second', async () => {
    const { served, socket, peer } = await connected(answers)
    await asked(socket)
    refusing(served)
    let bytes = peer.bytesRead
    for (let now = 100; now < 1_000; now += 100) {
      socket.write(now === 100 ? 'GET / HTTP/1.1\r\n' : 'x')
      while (peer.bytesRead === bytes) await new Promise(setImmediate)
      bytes = peer.bytesRead
      clock.mockReturnValue(now)
      served.sweep()
      expect(peer.destroyed).toBe(false)
    }
    clock.mockReturnValue(1_000)
    served.sweep()
    expect(peer.destroyed).toBe(true)
  })

  it('with a request stays until it is cut', async () => {
    const { served, server, socket, peer } = await connected(() => {})
    const request = once(server, 'request')
    socket.write(REQUEST)
    await request
    refusing(served)
    clock.mockReturnValue(600_000)
    expect(served.sweep()).toEqual({ requests: 0, streams: 0, upgraded: 0 })
    expect(peer.destroyed).toBe(false)
    expect(served.cut()).toEqual({ requests: 1, streams: 0, upgraded: 0 })
    expect(peer.destroyed).toBe(true)
  })

  it('that was taken over has 500 ms to say goodbye', async () => {
    const { served, server, socket, peer } = await connected(answers)
    server.on('upgrade', () => {})
    const upgrade = once(server, 'upgrade')
    socket.write('GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n')
    await upgrade
    clock.mockReturnValue(0)
    void served.refuse()
    expect(served.sweep()).toEqual({ requests: 0, streams: 0, upgraded: 1 })
    clock.mockReturnValue(499)
    served.sweep()
    expect(peer.destroyed).toBe(false)
    clock.mockReturnValue(500)
    expect(served.sweep()).toEqual({ requests: 0, streams: 0, upgraded: 0 })
    expect(peer.destroyed).toBe(true)
  })
})
