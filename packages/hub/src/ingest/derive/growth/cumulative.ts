import type { Labels, SeriesWriter } from '../../../store/samples.ts'
import { FIRST_MS, GrowingSeries } from './growing-series.ts'
import { HeldParts } from './late-growth.ts'

/** Groups at most: services may make up their names. */
const MAX_GROUPS = 50_000

/** What a round writes: all series, those with late growth, or all of them once more at the end, when nothing may be held. */
export type Round = 'all' | 'late' | 'last'

/**
 * Cumulative series. A new one begins with a sample of 0, so that its first increase is not lost. One that has not grown for long
 * ends with a staleness marker, and is forgotten.
 */
export class Cumulative {
  readonly #groups = new Map<string, GrowingSeries>()
  readonly #idleMs: number
  readonly #held = new HeldParts()
  #written = 0
  #isHolding = false

  /** @param idleMs milliseconds without growth after which series end */
  constructor(idleMs: number) {
    this.#idleMs = idleMs
  }

  /** Whether the last round has held growth back. */
  get isHolding(): boolean {
    return this.#isHolding
  }

  /** Whether held growth takes so much memory that a round should write it. */
  get isFull(): boolean {
    return this.#held.isFull
  }

  /** The series of a key. `labels` is called for a new one. `undefined`: there are too many. */
  group(key: string, labels: () => readonly Labels[]): GrowingSeries | undefined {
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    if (this.#groups.size >= MAX_GROUPS) return undefined
    const group = new GrowingSeries(labels(), this.#held)
    this.#groups.set(key, group)
    return group
  }

  /** Writes series, and pauses after each group. `now` is in milliseconds since 1970. */
  *write(writer: SeriesWriter, now: number, round: Round): Generator<undefined, void> {
    // Not at the time of the last samples, of which one may have ended the same series.
    const begin = Math.max(this.#written + 1, now - FIRST_MS)
    const writing = { writer, now, begin, isLast: round === 'last' }
    let isHolding = false
    for (const [key, group] of this.#groups) {
      if (round === 'late' && !group.isHeld) continue
      if (group.idleMs(now) >= this.#idleMs) {
        group.end(writer, now)
        this.#groups.delete(key)
        continue
      }
      if (!(yield* group.write(writing))) isHolding = true
      yield
    }
    if (round !== 'late') this.#written = now
    this.#isHolding = isHolding
  }
}
