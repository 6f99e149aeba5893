import type { CacheStore } from './cache-store.ts'

/** More texts than this are not kept: the oldest go first. */
const MOST = 1_000

interface Kept {
  readonly text: string
  readonly until: number
}

/** Keeps texts in memory: fast, forgotten with the process, and not shared with other instances. */
export function memoryStore(): CacheStore {
  /** The oldest stands first. */
  const texts = new Map<string, Kept>()

  return {
    async get(key) {
      const kept = texts.get(key)
      return kept && kept.until > performance.now() ? kept.text : null
    },
    async set(key, text, seconds) {
      texts.delete(key)
      texts.set(key, { text, until: performance.now() + seconds * 1_000 })
      const [oldest = key] = texts.keys()
      if (texts.size > MOST) texts.delete(oldest)
    },
    async delete(key) {
      texts.delete(key)
    },
    check: () => true,
    close: async () => texts.clear(),
  }
}
