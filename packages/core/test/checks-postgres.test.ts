import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type PostgresServer, startPostgres } from '@sightline/servers'
import pg from 'pg'

import { checks } from '../src/index.ts'
import { expectUnhealthyAfter, quiet, until } from './probe.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const closing: Array<() => unknown> = []
afterEach(async () => {
  server.thaw()
  for (const close of closing.splice(0)) await close()
})

/** A pool as an application has it. */
function connect(config: pg.PoolConfig = {}) {
  const { host, port, user } = server
  const pool = new pg.Pool({ host, port, user, database: 'postgres', max: 2, ...config })
  // Without a listener, pg ends the process when an idle connection breaks.
  pool.on('error', () => {})
  closing.push(() => !pool.ending && pool.end())
  return pool
}

/** A pool all of whose connections are taken, with as many who wait as are asked for. */
async function saturated(waiting = 0, config: pg.PoolConfig = {}) {
  const pool = connect(config)
  const held = [await pool.connect(), await pool.connect()]
  for (const connection of held) connection.on('error', () => {})
  const served: Array<Promise<unknown>> = []
  for (let n = 0; n < waiting; n++) served.push(pool.query('select 1'))
  const release = () => {
    for (const connection of held.splice(0)) connection.release()
    return Promise.all(served)
  }
  closing.unshift(release)
  return { pool, release }
}

interface Watched {
  readonly wedgedAfter?: number
  readonly timeout?: number
}

function watched(pool: pg.Pool, { timeout = 10_000, ...options }: Watched = {}) {
  const sightline = quiet()
  sightline.health.check('database', checks.postgres(pool, options), { timeout, cache: 0 })
  const report = async () => (await sightline.health.report({ details: true })).checks.database
  return { ...sightline, report, ready: () => sightline.health.ready() }
}

/** Sessions of the server besides the one that asks. */
async function sessions(): Promise<number> {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: server.user,
    database: 'postgres',
  })
  await client.connect()
  const { rows } = await client.query<{ n: number }>(
    "select count(*)::int - 1 as n from pg_stat_activity where backend_type = 'client backend'",
  )
  await client.end()
  return rows[0]?.n ?? 0
}

describe('checks.postgres', () => {
  it('is healthy where the server answers, and says how much of the pool is used', async () => {
    const { report } = watched(connect())
    expect(await report()).toMatchObject({
      status: 'healthy',
      kind: 'datastore',
      details: { total: 1, idle: 1, waiting: 0, max: 2 },
    })
  })

  it('is unhealthy when the server is killed, and healthy when it is there again', async () => {
    const { ready, report } = watched(connect())
    expect(await ready()).toBe('healthy')
    await server.kill()
    await until(ready, (status) => status === 'unhealthy')
    expect((await report())?.reason).toContain('ECONNREFUSED')
    await server.restart()
    await until(ready, (status) => status === 'healthy')
  })

  it('is unhealthy within its budget when the server hangs, and healthy when it goes on', async () => {
    const { ready, health } = watched(connect(), { timeout: 150 })
    await until(ready, (status) => status === 'healthy')
    server.freeze()
    await expectUnhealthyAfter(150, health)
    for (let n = 0; n < 5; n++) expect(await ready()).toBe('unhealthy')
    server.thaw()
    await until(ready, (status) => status === 'healthy')
  })

  it('takes one connection of the pool at most, however long the server hangs', async () => {
    const pool = connect({ max: 5 })
    const { ready } = watched(pool, { timeout: 150 })
    server.freeze()
    for (let n = 0; n < 5; n++) expect(await ready()).toBe('unhealthy')
    expect(pool.totalCount).toBe(1)
    server.thaw()
    await until(ready, (status) => status === 'healthy')
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1])
  })

  it('lets go of a connection that does not answer, and recovers on another', async () => {
    const pool = connect({ max: 1 })
    const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
    const pid = rows[0]?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    const { ready } = watched(pool, { timeout: 150 })
    expect(await ready()).toBe('unhealthy')
    expect(pool.totalCount).toBe(0)
    await until(ready, (status) => status === 'healthy')
    expect(pool.totalCount).toBe(1)
    process.kill(pid, 'SIGCONT')
  })

  it('does not end the process when the connection breaks on which it asks', async () => {
    const pool = connect({ max: 1 })
    const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
    const pid = rows[0]?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    const { health } = quiet()
    health.check('database', checks.postgres(pool), { timeout: 60_000, cache: 0 })
    const asked = health.ready()
    // The pool is empty-handed once the check has its connection.
    await new Promise(setImmediate)
    expect(pool.idleCount).toBe(0)
    process.kill(pid, 'SIGKILL')
    expect(await asked).toBe('unhealthy')
    // PostgreSQL takes such an end for a crash, and ends all sessions: so it is not there for the next test by itself.
    await server.kill()
    await server.restart()
    expect(await health.ready()).toBe('healthy')
  })

  it('is unhealthy where the pool has ended', async () => {
    const pool = connect()
    await pool.end()
    const { report } = watched(pool)
    expect(await report()).toMatchObject({ status: 'unhealthy', reason: expect.stringContaining('end') })
  })

  it('listens to the pool no longer than it has to', async () => {
    const pool = connect()
    const { close } = watched(pool)
    expect(pool.listenerCount('acquire')).toBe(1)
    await close()
    expect(pool.listenerCount('acquire')).toBe(0)
  })

  it('refuses what is no pool at once, and does not show it', () => {
    expect(() => checks.postgres('postgres://app:hunter2@db' as never)).toThrow(
      'Sightline: checks.postgres got a value of type string, but needs a Pool of pg',
    )
  })
})

describe('a busy pool', () => {
  it('keeps the service ready as long as the server answers, and leaves nothing behind', async () => {
    const { pool, release } = await saturated(3)
    const { ready, report } = watched(pool)
    for (let n = 0; n < 5; n++) expect(await ready()).toBe('degraded')
    expect(await report()).toMatchObject({
      reason: 'all connections are busy',
      details: { total: 2, idle: 0, waiting: 3, max: 2 },
    })
    expect(await until(sessions, (open) => open <= 2)).toBe(2)
    await release()
    expect(await ready()).toBe('healthy')
  })

  it('is unhealthy within its budget when the server hangs', async () => {
    const { pool } = await saturated(3)
    const { ready } = watched(pool, { timeout: 150 })
    server.freeze()
    expect(await ready()).toBe('unhealthy')
    server.thaw()
    await until(ready, (status) => status === 'degraded')
  })

  it('is unhealthy when the server is killed', async () => {
    const { pool } = await saturated()
    const { ready } = watched(pool)
    expect(await ready()).toBe('degraded')
    await server.kill()
    await until(ready, (status) => status === 'unhealthy')
    await server.restart()
  })

  it('is unhealthy once nobody has got a connection for too long', async () => {
    const { pool } = await saturated(1)
    const { ready, report } = watched(pool, { wedgedAfter: 50 })
    expect(await ready()).toBe('degraded')
    await until(ready, (status) => status === 'unhealthy')
    expect((await report())?.reason).toMatch(/^for \d+ ms nobody has got a connection$/)
  })

  it('is not unhealthy while those who wait are served, however many they are', async () => {
    const pool = connect({ max: 1 })
    const { ready } = watched(pool, { wedgedAfter: 0 })
    let current = await pool.connect()
    const waiting = Array.from({ length: 20 }, () => pool.connect())
    for (const next of waiting) {
      expect(await ready()).toBe('degraded')
      current.release()
      current = await next
    }
    current.release()
    expect(await ready()).toBe('healthy')
  })

  it('does not count a quiet time as one in which somebody waited', async () => {
    const { pool, release } = await saturated(0)
    const { ready } = watched(pool, { wedgedAfter: 0 })
    for (let n = 0; n < 3; n++) expect(await ready()).toBe('degraded')
    await release()
    expect(await ready()).toBe('healthy')
  })

  it('is degraded where the server has no room for more, and unhealthy where the pool has nothing', async () => {
    const admin = connect()
    await admin.query('drop role if exists limited')
    await admin.query('create role limited login connection limit 1')
    const pool = connect({ user: 'limited' })
    const held = await pool.connect()
    const { ready, report } = watched(pool)
    expect(await ready()).toBe('degraded')
    expect((await report())?.details).toMatchObject({ total: 1, max: 2 })
    const empty = watched(connect({ user: 'limited' }))
    expect(await empty.report()).toMatchObject({
      status: 'unhealthy',
      reason: expect.stringContaining('too many connections'),
    })
    held.release()
    expect(await ready()).toBe('healthy')
  })
})
