import { checks } from '@sightline/core'
import { Redis } from 'ioredis'

import { telemetry } from '../telemetry.ts'
import type { CacheStore } from './cache-store.ts'

/** Stores texts in Redis, shared by all instances of the service. */
export function redisStore(url: string, prefix: string): CacheStore {
  const client = new Redis(url, {
    keyPrefix: `${prefix}:`,
    // A slow cache is worse than no cache.
    commandTimeout: 200,
    connectTimeout: 1_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  })
  // Without a listener, each failed connection attempt would be printed. The health check logs outages and
  // recoveries.
  client.on('error', () => {})

  /** Each command is a span if tracing is on. */
  function command<T>(name: string, send: () => Promise<T>): Promise<T> {
    const fields = { 'db.system.name': 'redis', 'db.operation.name': name }
    return telemetry.trace(`redis ${name}`, { kind: 'client', fields }, send)
  }

  return {
    get: (key) => command('GET', () => client.get(key)),
    async set(key, text, seconds) {
      await command('SET', () => client.set(key, text, 'EX', seconds))
    },
    async delete(key) {
      await command('DEL', () => client.del(key))
    },
    check: checks.redis(client),
    close: async () => client.disconnect(),
  }
}
