import { once } from 'node:events'

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type RedisServer, startRedis } from '@sightline/servers'
import { Redis } from 'ioredis'
import { createClient } from 'redis'

import { checks } from '../src/index.ts'
import { expectUnhealthyAfter, quiet, until } from './probe.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const closing: Array<() => void> = []
afterEach(() => {
  server.thaw()
  for (const close of closing.splice(0)) close()
})

/** A client that does not care for errors, which are what is tested. */
interface Client {
  readonly client: Parameters<typeof checks.redis>[0]
  ready(): Promise<unknown>
}

const clients: Record<string, (port: number) => Client> = {
  ioredis(port) {
    const client = new Redis({ port, retryStrategy: () => 10, maxRetriesPerRequest: null })
    client.on('error', () => {})
    closing.push(() => client.disconnect())
    return { client, ready: () => once(client, 'ready') }
  },
  redis(port) {
    const client = createClient({ socket: { port, reconnectStrategy: () => 10 } })
    client.on('error', () => {})
    void client.connect().catch(() => {})
    closing.push(() => client.destroy())
    return { client, ready: () => once(client, 'ready') }
  },
}

describe.each(Object.keys(clients))('checks.redis with %s', (name) => {
  const connect = (port = server.port) => (clients[name] as (port: number) => Client)(port)

  it('is healthy where Redis answers, and says that it is a store', async () => {
    const { client, ready } = connect()
    await ready()
    const { health } = quiet()
    health.check('sessions', checks.redis(client))
    expect((await health.report()).checks.sessions).toMatchObject({ status: 'healthy', kind: 'datastore' })
  })

  it('is unhealthy within its budget when Redis hangs, and healthy as soon as it goes on', async () => {
    const { client, ready } = connect()
    await ready()
    const { health } = quiet()
    health.check('sessions', checks.redis(client), { timeout: 100, cache: 0 })
    expect(await health.ready()).toBe('healthy')
    server.freeze()
    await expectUnhealthyAfter(100, health)
    expect(await health.ready()).toBe('unhealthy')
    server.thaw()
    await until(health.ready, (status) => status === 'healthy')
  })

  it('sends no second ping while the first is not answered', async () => {
    const { client, ready } = connect()
    await ready()
    let pings = 0
    const counted = { ping: () => (pings++, client.ping()) }
    const { health } = quiet()
    health.check('sessions', checks.redis(counted), { timeout: 50, cache: 0 })
    server.freeze()
    for (let n = 0; n < 100; n++) await health.ready()
    expect(pings).toBe(1)
  })

  it('says at once that there is no connection, and keeps no ping for later', async () => {
    const other = await startRedis()
    const { client, ready } = connect(other.port)
    await ready()
    const { health } = quiet()
    health.check('sessions', checks.redis(client), { timeout: 60_000, cache: 0 })
    expect(await health.ready()).toBe('healthy')
    await other.stop()
    const reasonNow = async () => (await health.report({ details: true })).checks.sessions?.reason
    await until(reasonNow, (reason) => reason?.startsWith('the client has no connection') === true)
    expect(await health.ready()).toBe('unhealthy')
  })
})

describe('checks.redis', () => {
  it('gives a ping up that its client has lost', async () => {
    const { health } = quiet()
    let pings = 0
    const forgetful = { ping: () => (++pings === 1 ? new Promise(() => {}) : Promise.resolve('PONG')) }
    health.check('sessions', checks.redis(forgetful), { timeout: 10, cache: 0 })
    await until(health.ready, (status) => status === 'healthy')
    expect(pings).toBe(2)
  })

  it('connects a client that waits to be asked', async () => {
    const client = new Redis({ port: server.port, lazyConnect: true })
    closing.push(() => client.disconnect())
    const { health } = quiet()
    health.check('sessions', checks.redis(client))
    expect(await health.ready()).toBe('healthy')
  })

  it('does not blame Redis for an event loop that was blocked', async () => {
    const { client, ready } = (clients.ioredis as (port: number) => Client)(server.port)
    await ready()
    const { health } = quiet()
    health.check('sessions', checks.redis(client), { timeout: 50 })
    const status = health.ready()
    // Lets the ping go out, and then nothing in.
    await new Promise(process.nextTick)
    await new Promise(setImmediate)
    const end = performance.now() + 1_000
    while (performance.now() < end);
    expect(await status).toBe('healthy')
  })

  it('refuses what is no client at once', () => {
    expect(() => checks.redis('redis://:hunter2@cache' as never)).toThrow(
      'Sightline: checks.redis got a value of type string, but needs a client of ioredis or redis',
    )
  })
})
