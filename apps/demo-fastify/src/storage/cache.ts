import type { CheckFunction } from '@sightline/core'

import { telemetry } from '../telemetry.ts'
import { memoryStore } from './memory.ts'

/** Where the service keeps what it could find out again. Losing it costs time, and never an answer. */
export interface Cache {
  /** The value of a key: what is remembered, or else what `find` finds. Only JSON is kept, and `undefined` is not. */
  remembered<T>(key: string, seconds: number, find: () => Promise<T>): Promise<T>
  /** Forgets a key, because what it stands for has changed. */
  forget(key: string): Promise<void>
  /** Whether it can be used. */
  readonly check: CheckFunction
  close(): Promise<void>
}

/** What a cache keeps its texts in. It may fail at any time. */
export interface CacheStore {
  get(key: string): Promise<string | null>
  set(key: string, text: string, seconds: number): Promise<void>
  delete(key: string): Promise<void>
  readonly check: CheckFunction
  close(): Promise<void>
}

/** Which cache, and which of its keys are ours. */
export interface CacheSetup {
  /** Of Redis, such as `redis://host:6379`. Without one the cache is in memory. */
  readonly url?: string | undefined
  /** What all keys begin with: others may use the same Redis. */
  readonly prefix: string
}

/** How lookups end: `hit`, `miss`, or `failed`, where the cache did not answer. */
const lookups = telemetry.metrics.counter({
  name: 'cache_lookups_total',
  help: 'Lookups in the cache by how they ended.',
  labels: ['result'],
})

/** Opens the cache. Redis' driver is only loaded where it is needed. */
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
      // Its health check says why, and the database knows the answer as well.
      lookups.inc({ result: 'failed' })
      return null
    }
  }

  return {
    async remembered<T>(key: string, seconds: number, find: () => Promise<T>) {
      const text = await lookUp(key)
      // Under this key nobody else writes.
      if (text !== null) return JSON.parse(text) as T
      const found = await find()
      if (found !== undefined) await store.set(key, JSON.stringify(found), seconds).catch(() => {})
      return found
    },
    async forget(key) {
      // One that does not answer cannot forget: then the value is old for as many seconds as it was remembered for.
      await store.delete(key).catch(() => {})
    },
    check: store.check,
    close: () => store.close(),
  }
}
