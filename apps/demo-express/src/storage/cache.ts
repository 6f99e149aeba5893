import type { CheckFunction } from '@sightline/core'

import { telemetry } from '../telemetry.ts'
import type { CacheStore } from './cache-store.ts'
import { memoryStore } from './memory.ts'

/** A cache for data that can be computed again. Its failure costs time, not results. */
export interface Cache {
  /**
   * The cached value of a key, otherwise the result of `find`. Only JSON is stored, and `undefined` is not.
   */
  remembered<T>(key: string, seconds: number, find: () => Promise<T>): Promise<T>
  /** Removes a key whose value has changed. */
  forget(key: string): Promise<void>
  /** The health check of the cache. */
  readonly check: CheckFunction
  close(): Promise<void>
}

/** Which cache, and which of its keys are ours. */
export interface CacheSetup {
  /** URL of Redis, such as `redis://host:6379`. Without one, the cache is in memory. */
  readonly url?: string | undefined
  /** Prefix of all keys: other services may use the same Redis. */
  readonly prefix: string
}

/** Lookups by outcome: `hit`, `miss`, or `failed` without a response of the cache. */
const lookups = telemetry.metrics.counter({
  name: 'cache_lookups_total',
  help: 'Lookups in the cache by how they ended.',
  labels: ['result'],
})

/** Opens the cache. The Redis client is loaded only when needed. */
export async function openCache({ url, prefix }: CacheSetup): Promise<Cache> {
  if (!url) return cacheIn(memoryStore())
  const { redisStore } = await import('./redis.ts')
  return cacheIn(redisStore(url, prefix))
}

function cacheIn(store: CacheStore): Cache {
  async function lookUp(key: string): Promise<string | null> {
    try {
      const text = await store.get(key)
      lookups.inc({ result: text === null ? 'miss' : 'hit' })
      return text
    } catch {
      // The health check reports the reason, and the database also has the value.
      lookups.inc({ result: 'failed' })
      return null
    }
  }

  return {
    async remembered<T>(key: string, seconds: number, find: () => Promise<T>) {
      const text = await lookUp(key)
      // No other code writes this key, so the type fits.
      if (text !== null) return JSON.parse(text) as T
      const found = await find()
      if (found !== undefined) await store.set(key, JSON.stringify(found), seconds).catch(() => {})
      return found
    },
    async forget(key) {
      // If the deletion fails, the old value stays until it expires.
      await store.delete(key).catch(() => {})
    },
    check: store.check,
    close: () => store.close(),
  }
}
