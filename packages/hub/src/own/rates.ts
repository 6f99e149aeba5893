const SLOT_MS = 5_000
const SLOTS = 12

/** Milliseconds that rates are over. */
const WINDOW_MS = SLOT_MS * SLOTS

/** Counts of the last minute. */
export class Rate {
  readonly #counts = new Float64Array(SLOTS)
  /** The last slot that was counted in, since 1970. */
  #slot = 0

  /** @param now milliseconds since 1970 */
  add(now: number, count: number): void {
    this.#turnTo(now)
    const at = this.#slot % SLOTS
    this.#counts[at] = (this.#counts[at] ?? 0) + count
  }

  /** Per second over the last minute, or over the milliseconds that are counted if these are fewer. */
  perSecond(now: number, countedMs: number): number {
    this.#turnTo(now)
    // The present slot has only begun.
    const covered = WINDOW_MS - SLOT_MS + (now % SLOT_MS)
    const seconds = Math.max(1_000, Math.min(covered, countedMs)) / 1_000
    return this.#counts.reduce((sum, count) => sum + count, 0) / seconds
  }

  #turnTo(now: number): void {
    const slot = Math.floor(now / SLOT_MS)
    // Counts of a clock that was set back belong to the last slot.
    for (let next = Math.max(this.#slot + 1, slot - SLOTS + 1); next <= slot; next++)
      this.#counts[next % SLOTS] = 0
    this.#slot = Math.max(this.#slot, slot)
  }
}

/** The largest of the numbers of the last 2 to 4 minutes. */
export class Peak {
  #period = 0
  #present = -Infinity
  #before = -Infinity

  add(now: number, value: number): void {
    this.#turnTo(now)
    this.#present = Math.max(this.#present, value)
  }

  /** `undefined` without numbers. */
  at(now: number): number | undefined {
    this.#turnTo(now)
    const peak = Math.max(this.#present, this.#before)
    return Number.isFinite(peak) ? peak : undefined
  }

  #turnTo(now: number): void {
    const period = Math.floor(now / 120_000)
    if (period <= this.#period) return
    this.#before = period === this.#period + 1 ? this.#present : -Infinity
    this.#present = -Infinity
    this.#period = period
  }
}
