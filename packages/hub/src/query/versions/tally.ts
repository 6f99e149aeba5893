import { finite, quantiles, type Sample } from '../services/vectors.ts'

/** The requests of a version on a route, or several of them together. Numbers are estimates of `increase`, so they may be fractions. */
export class Tally {
  requests = 0
  errors = 0
  /** Cumulative numbers of requests by `le`. */
  readonly #buckets = new Map<string, number>()

  addRequests(requests: number, isFailure: boolean): void {
    this.requests += requests
    if (isFailure) this.errors += requests
  }

  addBucket(le: string, requests: number): void {
    this.#buckets.set(le, (this.#buckets.get(le) ?? 0) + requests)
  }

  /** Adds the requests of another one, each `weight` times. */
  add(other: Tally, weight = 1): void {
    this.requests += other.requests * weight
    this.errors += other.errors * weight
    for (const [le, requests] of other.#buckets) this.addBucket(le, requests * weight)
  }

  get errorRatio(): number | null {
    return this.requests > 0 ? this.errors / this.requests : null
  }

  /** Quantiles of the durations in seconds. `null` where there are no durations. */
  quantiles(wanted: readonly number[]): ReadonlyArray<number | null> {
    const buckets: Sample[] = Array.from(this.#buckets, ([le, value]) => ({ labels: { le }, value }))
    return quantiles(buckets, wanted).map(([sample]) => finite(sample?.value))
  }

  /** The share of requests that took longer than some seconds, 0 to 1. `undefined` where there are no durations. */
  shareAbove(seconds: number): number | undefined {
    const total = this.#buckets.get('+Inf') ?? 0
    if (total <= 0) return undefined
    const bounds = Array.from(this.#buckets, ([le, count]) => ({ bound: Number(le), count }))
      .filter(({ bound }) => Number.isFinite(bound))
      .toSorted((a, b) => a.bound - b.bound)
    let below = { bound: 0, count: 0 }
    for (const { bound, count } of bounds) {
      if (bound >= seconds) {
        // Within a bucket, requests are taken as evenly distributed, as in `histogram_quantile`.
        const part = bound > below.bound ? (seconds - below.bound) / (bound - below.bound) : 1
        return 1 - (below.count + (count - below.count) * part) / total
      }
      below = { bound, count }
    }
    return 1 - below.count / total
  }
}
