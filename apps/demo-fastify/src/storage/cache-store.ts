import type { CheckFunction } from '@sightline/core'

/** What a cache keeps its texts in. It may fail at any time. */
export interface CacheStore {
  get(key: string): Promise<string | null>
  set(key: string, text: string, seconds: number): Promise<void>
  delete(key: string): Promise<void>
  readonly check: CheckFunction
  close(): Promise<void>
}
