/** What becomes of a sample. */
export type Verdict = 'accepted' | 'duplicate' | 'refused'

/**
 * Time and value of the newest sample of each series, which decide whether the next one is accepted. After a start they are
 * unknown and are looked up where it matters: only for a sample that is not newer than all that is stored.
 */
export class NewestSamples {
  #times = new Float64Array(1_024).fill(NaN)
  #values = new Float64Array(1_024)
  /** The time of the newest stored sample of all series at the start. */
  readonly #storedEnd: number
  readonly #stored: (
    series: number,
    time: number,
  ) => { readonly time: number; readonly value: number } | undefined

  /** `stored` finds the newest stored sample of a series, if that is not older than `time`. */
  constructor(
    storedEnd: number,
    stored: (series: number, time: number) => { readonly time: number; readonly value: number } | undefined,
  ) {
    this.#storedEnd = storedEnd
    this.#stored = stored
  }

  /** The time of the newest sample; NaN where it is unknown. */
  time(series: number): number {
    return this.#times[series] ?? NaN
  }

  /** Takes a sample as the newest one of its series, if it is newer. */
  take(series: number, time: number, value: number): Verdict {
    const newest = this.#times[series] ?? NaN
    if (!(time > newest)) {
      const verdict = this.#judge(series, time, value)
      if (verdict !== 'accepted') return verdict
    }
    this.set(series, time, value)
    return 'accepted'
  }

  /** Sets what is stored, at the start. */
  set(series: number, time: number, value: number): void {
    if (series >= this.#times.length) this.#grow(series)
    this.#times[series] = time
    this.#values[series] = value
  }

  /** Forgets a series of which no sample is stored any more. */
  forget(series: number): void {
    this.#times[series] = NaN
  }

  #judge(series: number, time: number, value: number): Verdict {
    if (Number.isNaN(this.#times[series] ?? NaN)) {
      if (time > this.#storedEnd) return 'accepted'
      const stored = this.#stored(series, time)
      if (stored === undefined) return 'accepted'
      this.set(series, stored.time, stored.value)
    }
    if (time !== this.#times[series]) return 'refused'
    return Object.is(value, this.#values[series]) ? 'duplicate' : 'refused'
  }

  #grow(series: number): void {
    const times = new Float64Array(Math.max(this.#times.length * 2, series + 1)).fill(NaN)
    times.set(this.#times)
    const values = new Float64Array(times.length)
    values.set(this.#values)
    this.#times = times
    this.#values = values
  }
}
