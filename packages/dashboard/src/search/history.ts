/** A search that was made before. */
export interface Searched {
  readonly q: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** What it found, if that became known. */
  readonly hits?: number
}

/** The searches that were made in this browser, newest first. */
export interface History {
  all(): readonly Searched[]
  /** Remembers a search, or how much it found. */
  add(searched: Searched): void
}

const MOST = 20

/**
 * @param storage The browser's `localStorage`. What others wrote there is passed over.
 * @param name Of the kind of searches
 */
export function createHistory(storage: Pick<Storage, 'getItem' | 'setItem'>, name: string): History {
  const key = `sightline.searches.${name}`
  const all = () => read(storage.getItem(key))
  return {
    all,
    add(searched) {
      if (searched.q.trim() === '') return
      const others = all().filter(({ q }) => q !== searched.q)
      try {
        storage.setItem(key, JSON.stringify([searched, ...others].slice(0, MOST)))
      } catch {
        // A full or forbidden storage: the search itself works without it.
      }
    },
  }
}

function read(text: string | null): Searched[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list.filter(isSearched) : []
  } catch {
    return []
  }
}

function isSearched(value: unknown): value is Searched {
  if (typeof value !== 'object' || value === null) return false
  const { q, at, hits } = value as Partial<Record<keyof Searched, unknown>>
  return typeof q === 'string' && typeof at === 'number' && (hits === undefined || typeof hits === 'number')
}
