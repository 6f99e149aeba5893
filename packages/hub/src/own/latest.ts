const MOST = 1_024
/** How old durations may be, in milliseconds. */
const AGE_MS = 300_000

/** The latest durations of something, at most 1,024 of the last 5 minutes. */
export class Latest {
  readonly #seconds = new Float64Array(MOST)
  readonly #times = new Float64Array(MOST)
  #count = 0

  /** @param now milliseconds since 1970 */
  add(now: number, seconds: number): void {
    const at = this.#count++ % MOST
    this.#seconds[at] = seconds
    this.#times[at] = now
  }

  /** In seconds, `null` without any. */
  quantiles(now: number): { readonly p50: number | null; readonly p95: number | null } {
    const sorted = this.#seconds
      .subarray(0, Math.min(this.#count, MOST))
      .filter((_, at) => (this.#times[at] ?? 0) > now - AGE_MS)
      .toSorted()
    const quantile = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
    return { p50: quantile(0.5), p95: quantile(0.95) }
  }
}
