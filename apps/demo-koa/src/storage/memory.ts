import type { CacheStore } from './cache-store.ts'

/** Maximum number of texts. Beyond it, the oldest are removed. */
const MOST = 1_000

interface Kept {
  readonly text: string
  readonly until: number
}

/** Stores texts in memory: fast, but lost with the process and not shared with other instances. */
export function memoryStore(): CacheStore {
  /** Oldest first. */
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
