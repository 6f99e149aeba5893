import { checks } from '@sightline/core'
import { Redis } from 'ioredis'

import { telemetry } from '../telemetry.ts'
import type { CacheStore } from './cache-store.ts'

/** Keeps texts in Redis, where all instances of the service find them. */
export function redisStore(url: string, prefix: string): CacheStore {
  const client = new Redis(url, {
    keyPrefix: `${prefix}:`,
    // A cache that is slow to answer is worse than none.
    commandTimeout: 200,
    connectTimeout: 1_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  })
  // Without a listener each failed attempt to connect would be printed. The health check logs when it goes and comes back.
  client.on('error', () => {})

  /** Each command is a span, where there is somebody who looks at spans. */
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
