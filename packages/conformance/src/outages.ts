import { afterAll, beforeAll, expect } from '@jest/globals'
import { checks } from '@sightline/core'
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '@sightline/servers'
import { Redis } from 'ioredis'
import pg from 'pg'

import { call } from './client.ts'
import type { Kit } from './kit.ts'
import type { Group } from './suite.ts'

/** Polls readiness, and liveness beside it, until the expected result. The test's timeout ends a failing poll. */
async function readinessTurns(kit: Kit, expected: number): Promise<void> {
  for (;;) {
    const [ready, live] = await Promise.all([call(kit.port, '/health/ready'), call(kit.port, '/health/live')])
    expect(live.status).toBe(200)
    if (ready.status === expected) return
  }
}

/**
 * Polls readiness, which is never refused, until it has this status. The test's timeout ends a failing poll.
 */
async function untilStatus(kit: Kit, expected: string): Promise<void> {
  for (;;) {
    const { status, body } = await call(kit.port, '/health/ready')
    expect(status).toBe(200)
    if (body === `{"status":"${expected}"}\n`) return
  }
}

export const outages: Group = {
  promise: 'tells of outages of what it stands on, and stays alive',
  assertions({ check, shop }) {
    let postgres: PostgresServer
    let redis: RedisServer

    beforeAll(async () => {
      ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
    })
    afterAll(async () => {
      await Promise.all([postgres.stop(), redis.stop()])
    })

    /** A typical service with a pool and a cache. */
    async function stocked() {
      const kit = await shop()
      const { host, port, user } = postgres
      const pool = new pg.Pool({ host, port, user, database: 'postgres', max: 2 })
      const cache = new Redis({ host: redis.host, port: redis.port })
      // Without a listener, broken connections would be reported as uncaught errors.
      pool.on('error', () => {})
      cache.on('error', () => {})
      kit.sightline.health.check('database', checks.postgres(pool))
      kit.sightline.health.check('cache', checks.redis(cache))
      const end = async () => {
        cache.disconnect()
        await pool.end()
        await kit[Symbol.asyncDispose]()
      }
      await readinessTurns(kit, 200)
      return { kit, pool, [Symbol.asyncDispose]: end }
    }

    /** Runs three outages in sequence. Each must be detected, and its end as well. */
    async function areSeen(kit: Kit, begin: () => unknown, end: () => unknown): Promise<void> {
      for (let n = 0; n < 3; n++) {
        await Promise.all([readinessTurns(kit, 503), begin()])
        await end()
        await readinessTurns(kit, 200)
      }
    }

    check('each time that PostgreSQL is killed, and of its return', async () => {
      await using service = await stocked()
      await areSeen(service.kit, postgres.kill, postgres.restart)
    })

    check('each time that Redis is frozen, and of its return', async () => {
      await using service = await stocked()
      await areSeen(service.kit, redis.freeze, redis.thaw)
    })

    check('but not of one that there is not, where all connections are busy', async () => {
      await using service = await stocked()
      const { kit, pool } = service
      await using busy = await saturated(pool)
      await untilStatus(kit, 'degraded')
      const runs = new Set<string | undefined>()
      while (runs.size < 5) {
        expect(await call(kit.port, '/health/ready')).toMatchObject({
          status: 200,
          body: '{"status":"degraded"}\n',
        })
        runs.add((await kit.sightline.health.report()).checks.database?.lastRun)
      }
      await busy.release()
      await untilStatus(kit, 'healthy')
    })
  },
}

/** Takes all connections of a pool, and queues further requests for one. */
async function saturated(pool: pg.Pool) {
  const held = [await pool.connect(), await pool.connect()]
  const waiting = Array.from({ length: 5 }, () => pool.query('select 1'))
  const release = async () => {
    for (const connection of held.splice(0)) connection.release()
    await Promise.all(waiting)
  }
  return { release, [Symbol.asyncDispose]: release }
}
