import type { Batch, Retry } from './options.ts'

/** After this many consecutive 413 responses, `Pace` backs off between attempts. */
const PATIENCE_WITH_REFUSALS = 12
/** Growth of the batch limit per delivered batch, after a 413 has reduced it. */
const REGROWTH = 1.05

/**
 * The earliest time and the maximum size of the next request, adapted to the responses. Times are monotonic.
 */
export class Pace {
  /** Consecutive failures. */
  failures = 0
  /** Maximum bytes of items in one request. */
  batchBytes: number
  readonly #longestBatch: number
  readonly #retry: Retry
  #refusals = 0
  #pausedUntil = 0
  #demandedUntil = 0

  constructor({ batch, retry }: { readonly batch: Batch; readonly retry: Retry }) {
    this.batchBytes = this.#longestBatch = batch.bytes
    this.#retry = retry
  }

  /** Earliest start of the next request. */
  get notBefore(): number {
    return Math.max(this.#pausedUntil, this.#demandedUntil)
  }

  succeeded(): void {
    this.failures = 0
    this.#refusals = 0
    this.#pausedUntil = 0
    this.batchBytes = Math.min(this.#longestBatch, Math.ceil(this.batchBytes * REGROWTH))
  }

  /**
   * @param startedAt Start of the attempt. The backoff counts from it, since a timeout has already taken time
   * @param demandedMs The delay that the destination asked for
   */
  failed(now: number, startedAt: number, demandedMs: number | undefined): void {
    this.failures++
    const soonest = now + retryDelayMs(1, this.#retry)
    if (demandedMs === undefined) {
      this.#pausedUntil = Math.max(soonest, startedAt + retryDelayMs(this.failures, this.#retry))
    } else {
      // Jitter of up to 2 %, so that not all processes return at the same moment.
      const wait = Math.min(demandedMs, this.#retry.retryAfter) * (1 + Math.random() / 50)
      this.#pausedUntil = soonest
      this.#demandedUntil = Math.max(this.#demandedUntil, now + wait)
    }
  }

  /** The destination rejected a batch of this size as too large. */
  refused(now: number, bytes: number): void {
    this.batchBytes = Math.max(1, Math.ceil(bytes / 2))
    const tooMany = ++this.#refusals - PATIENCE_WITH_REFUSALS
    if (tooMany > 0) this.#pausedUntil = now + retryDelayMs(tooMany, this.#retry)
  }

  /** Ends the backoff, but not a delay that the destination asked for. */
  hurry(): void {
    this.#pausedUntil = 0
  }
}

/**
 * Backoff after consecutive failures, in milliseconds. It grows exponentially. Half of it is random, so that
 * a thousand processes that lost their collector together do not return together.
 */
function retryDelayMs(failures: number, { first, longest }: Retry): number {
  return Math.min(longest, first * 1.6 ** (failures - 1)) * (0.5 + Math.random() / 2)
}
