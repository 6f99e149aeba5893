import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '@sightline/servers'

import { type RunningService, startService } from '../src/service-process.ts'
import { PLANS } from '../src/services.ts'

const LONG = 180_000
/** A port without a listener. */
const NOWHERE = 'http://127.0.0.1:1'

/** Each service with a request that reads its cache, and its database on a miss. */
const ASKED = [
  { name: 'storefront', path: '/products', status: 200 },
  { name: 'orders', path: '/customers/anna/orders', status: 200 },
  { name: 'payments', path: '/payments/none', status: 404 },
] as const

let postgres: PostgresServer
let redis: RedisServer

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
}, LONG)

afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()])
}, LONG)

describe.each(ASKED)('$name on PostgreSQL and Redis', ({ name, path, status }) => {
  let folder: string
  let service: RunningService

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-outages-'))
    service = await startService(PLANS[name], {
      logFolder: folder,
      variables: {
        // Jest's own flags do not resolve to the sources.
        NODE_OPTIONS: '--conditions=@sightline/source',
        DATABASE_URL: `postgres://${postgres.user}@${postgres.host}:${postgres.port}/postgres`,
        REDIS_URL: `redis://${redis.host}:${redis.port}`,
        ORDERS_URL: NOWHERE,
        PAYMENTS_URL: NOWHERE,
      },
    })
    await untilReadyIs(200)
    await untilCacheIs('healthy')
  }, LONG)

  afterEach(async () => {
    await service.stop()
    await rm(folder, { recursive: true })
  }, LONG)

  const statusOf = async (target: string) => (await fetch(`${service.url}${target}`)).status

  /** Polls readiness, with liveness beside it, until it changes. The test's timeout ends a failing poll. */
  async function untilReadyIs(expected: number): Promise<void> {
    for (;;) {
      const [ready, live] = await Promise.all([statusOf('/health/ready'), statusOf('/health/live')])
      expect(live).toBe(200)
      if (ready === expected) return
      await delay(20)
    }
  }

  /** Polls the cache's check until it changes. It never takes the service out of traffic. */
  async function untilCacheIs(expected: string): Promise<void> {
    for (;;) {
      expect(await statusOf('/health/ready')).toBe(200)
      const response = await fetch(`${service.url}/health`)
      const { checks } = (await response.json()) as { checks: Record<string, { status: string }> }
      if (checks['cache']?.status === expected) return
      await delay(20)
    }
  }

  /** Number of cache lookups with this result. */
  async function lookups(result: string): Promise<number> {
    const text = await (await fetch(`${service.url}/metrics`)).text()
    return Number(
      new RegExp(`^cache_lookups_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
    )
  }

  test(
    'takes no traffic while its database is gone, lives on, and answers when it is there again',
    async () => {
      await postgres.kill()
      try {
        await untilReadyIs(503)
      } finally {
        await postgres.restart()
      }
      await untilReadyIs(200)
      expect(await statusOf(path)).toBe(status)
    },
    LONG,
  )

  test(
    'answers without its cache while that hangs, stays ready, and uses it when it goes on',
    async () => {
      redis.freeze()
      try {
        expect(await statusOf(path)).toBe(status)
        expect(await lookups('failed')).toBeGreaterThan(0)
        await untilCacheIs('unhealthy')
        expect(await statusOf(path)).toBe(status)
      } finally {
        redis.thaw()
      }
      await untilCacheIs('healthy')
      const failed = await lookups('failed')
      expect(await statusOf(path)).toBe(status)
      expect(await lookups('failed')).toBe(failed)
    },
    LONG,
  )
})
