import type { StoredExemplar } from '../../../store/samples.ts'

/** Milliseconds without more late growth after which the samples up to the present are written. Deltas come every second. */
const QUIET_MS = 2_500
/** Milliseconds between two looks at the progress of late growth that does not end. */
const LOOK_MS = 30_000
/** Parts that all groups hold at most, of about 300 bytes. Growth beyond them counts at the present. */
const MOST_HELD = 100_000

/** Which samples may be written: none, those of the parts that are held, or those up to the present. */
type Due = 'nothing' | 'parts' | 'all'

/** What series grow by in one part of the time. */
export interface Growth {
  readonly amounts: Float64Array
  /** By the index of the series. */
  exemplars: Map<number, StoredExemplar> | undefined
}

/** Creates the growth of a group, without any amount yet. `series` is the number of its series. */
export function newGrowth(series: number): Growth {
  return { amounts: new Float64Array(series), exemplars: undefined }
}

/** Counts the parts of the time that all groups of series hold. */
export class HeldParts {
  count = 0

  /** Whether parts are to be written, before there is no room for more of them. */
  get isFull(): boolean {
    return this.count >= MOST_HELD / 2
  }

  get hasRoom(): boolean {
    return this.count < MOST_HELD
  }
}

/**
 * Late growth of a group of series, by parts of the time. A backlog comes through several threads, and a sample cannot be added before
 * another one. So the growth is held until no more of it comes, and meanwhile no sample of the present is written.
 */
export class LateGrowth {
  readonly #series: number
  readonly #held: HeldParts
  readonly #parts = new Map<number, Growth>()
  #newest = -Infinity
  #hasGrown = false
  /** Times of the writer, in milliseconds since 1970. */
  #quietSince = 0
  #lookedAt: number | undefined
  /** How far the newest part was behind the writer's time then. */
  #lag: number | undefined

  constructor(series: number, held: HeldParts) {
    this.#series = series
    this.#held = held
  }

  /** Parts that are held. */
  get size(): number {
    return this.#parts.size
  }

  /** The growth of a part, which is made where it is new. `undefined`: there is no room. */
  at(part: number): Growth | undefined {
    const known = this.#parts.get(part)
    if (known === undefined && !this.#held.hasRoom) return undefined
    this.#hasGrown = true
    if (known !== undefined) return known
    const growth = newGrowth(this.#series)
    this.#parts.set(part, growth)
    this.#held.count++
    this.#newest = Math.max(this.#newest, part)
    return growth
  }

  /**
   * Which samples may be written. Where late growth does not end, it is a backlog as long as it comes nearer to the present, and its parts
   * are written from time to time. Otherwise a clock is slow, which must not keep the series from the present.
   *
   * @param now the time of the round, in milliseconds since 1970
   * @param isFull whether the parts take much memory
   */
  due(now: number, isFull: boolean): Due {
    if (this.#hasGrown) this.#quietSince = now
    this.#hasGrown = false
    if (now - this.#quietSince >= QUIET_MS) return 'all'
    const lookedAt = this.#lookedAt ?? now
    const lag = this.#lag
    if (lag === undefined || now - lookedAt >= LOOK_MS) {
      this.#lookedAt = now
      this.#lag = now - this.#newest
      if (lag !== undefined) return lag - this.#lag >= (now - lookedAt) / 2 ? 'parts' : 'all'
    }
    return isFull ? 'parts' : 'nothing'
  }

  /** The parts in the order of time. */
  parts(): number[] {
    return [...this.#parts.keys()].toSorted((a, b) => a - b)
  }

  /** Takes a part out. */
  remove(part: number): Growth {
    const growth = this.#parts.get(part)
    if (growth === undefined) return newGrowth(this.#series)
    this.#parts.delete(part)
    this.#held.count--
    return growth
  }
}
