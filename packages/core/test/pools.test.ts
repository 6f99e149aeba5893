import { once } from 'node:events'

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '@sightline/servers'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient, createClientPool } from 'redis'

import type { Sightline } from '../src/index.ts'
import { quiet } from './probe.ts'

let postgres: PostgresServer
let redis: RedisServer
beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))

const closing: Array<() => unknown> = []
let sightline: Sightline
beforeEach(() => {
  sightline = quiet({ metrics: { runtime: false, host: false } })
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await sightline.close()
})

async function connections(of = sightline): Promise<string[]> {
  return (await of.metrics.text())
    .split('\n')
    .filter((line) => line.startsWith('db_client_connection_'))
    .map((line) => line.slice('db_client_connection_'.length))
}

function postgresPool(): pg.Pool {
  const { host, port, user } = postgres
  const pool = new pg.Pool({ host, port, user, database: 'postgres', max: 2 })
  closing.push(() => pool.end())
  return pool
}

it('tells of the connections of a pool of pg, and of who waits for one', async () => {
  const pool = postgresPool()
  sightline.metrics.pool('orders', pool)
  const held = await pool.connect()
  const other = await pool.connect()
  const waits = pool.query('select 1')
  expect(await connections()).toEqual([
    'count{state="used",pool="orders"} 2',
    'count{state="idle",pool="orders"} 0',
    'max{pool="orders"} 2',
    'pending_requests{pool="orders"} 1',
  ])
  other.release()
  await waits
  held.release()
  expect(await connections()).toEqual([
    'count{state="used",pool="orders"} 0',
    'count{state="idle",pool="orders"} 2',
    'max{pool="orders"} 2',
    'pending_requests{pool="orders"} 0',
  ])
})

it('tells of a pool of redis', async () => {
  const pool = createClientPool({ socket: { port: redis.port } }, { minimum: 2, maximum: 4 })
  pool.on('error', () => {})
  await pool.connect()
  closing.push(() => pool.destroy())
  sightline.metrics.pool('sessions', pool)
  const end = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const busy = pool.execute(async () => {
    begun.resolve()
    await end.promise
  })
  await begun.promise
  expect(await connections()).toEqual([
    'count{state="used",pool="sessions"} 1',
    'count{state="idle",pool="sessions"} 1',
    'pending_requests{pool="sessions"} 0',
  ])
  end.resolve()
  await busy
})

it('tells of the one connection of ioredis, and whether a command is under way', async () => {
  const client = new Redis({ port: redis.port })
  const other = client.duplicate()
  await once(client, 'ready')
  sightline.metrics.pool('cache', client)
  const idle = [
    'count{state="used",pool="cache"} 0',
    'count{state="idle",pool="cache"} 1',
    'max{pool="cache"} 1',
  ]
  expect(await connections()).toEqual(idle)
  const blocked = client.blpop('queue', 0)
  expect((await connections())[0]).toBe('count{state="used",pool="cache"} 1')
  await other.rpush('queue', 'item')
  await blocked
  await Promise.all([client.quit(), other.quit(), once(client, 'end')])
  expect((await connections()).slice(0, 2)).toEqual([
    'count{state="used",pool="cache"} 0',
    'count{state="idle",pool="cache"} 0',
  ])
})

it('tells of the one connection of redis', async () => {
  const client = createClient({ socket: { port: redis.port } })
  sightline.metrics.pool('cache', client)
  expect((await connections())[0]).toBe('count{state="used",pool="cache"} 0')
  await client.connect()
  closing.push(() => client.destroy())
  expect((await connections())[0]).toBe('count{state="used",pool="cache"} 1')
})

it('has the labels of OpenTelemetry where those names are wanted', async () => {
  const otel = quiet({ metrics: { naming: 'otel' } })
  otel.metrics.pool('orders', postgresPool())
  expect((await connections(otel))[0]).toBe(
    'count{db_client_connection_state="used",db_client_connection_pool_name="orders"} 0',
  )
  await otel.close()
})

it('measures the pool that takes the place of another under its name', async () => {
  sightline.metrics.pool('orders', { totalCount: 5, idleCount: 1, waitingCount: 0, options: { max: 9 } })
  sightline.metrics.pool('orders', postgresPool())
  expect(await connections()).toContain('max{pool="orders"} 2')
})

it('reads pools when somebody scrapes, and outlives one that cannot be read', async () => {
  let reads = 0
  const pool = {
    totalCount: 1,
    waitingCount: 0,
    options: { max: 1 },
    get idleCount(): number {
      reads++
      if (reads > 2) throw new Error('ended')
      return 1
    },
  }
  sightline.metrics.pool('odd', pool)
  sightline.metrics.pool('sound', postgresPool())
  const atStart = reads
  expect(atStart).toBeLessThanOrEqual(2)
  reads = 2
  expect(await connections()).toContain('count{state="used",pool="sound"} 0')
  expect(await sightline.metrics.text()).toContain('sightline_faults_total{source="connection pool odd"}')
})

it('says what it needs where it gets something else', () => {
  expect(() => sightline.metrics.pool('orders', { url: 'postgres://' } as never)).toThrow(
    'metrics.pool got {"url":"postgres://"} as orders, but needs a Pool of pg, or a client or pool of redis or ioredis',
  )
})
