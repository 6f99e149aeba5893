import type { Batch, Retry } from './options.ts'

/** So many answers in a row that a batch is too large are believed at once; whoever gives more is asked less often. */
const PATIENCE_WITH_REFUSALS = 12
/** What a batch that was refused for its size has taught is slowly forgotten. */
const REGROWTH = 1.05

/** When a destination may be asked next, and for how much at once: what its answers have taught. Times are monotonic. */
export class Pace {
  /** Failures in a row. */
  failures = 0
  /** Bytes of items that one request may carry. */
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

  /** No request may begin earlier. */
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
   * @param startedAt When the attempt began: the wait counts from there, for one that hung has waited already
   * @param demandedMs What the destination itself has asked for
   */
  failed(now: number, startedAt: number, demandedMs: number | undefined): void {
    this.failures++
    const soonest = now + retryDelayMs(1, this.#retry)
    if (demandedMs === undefined) {
      this.#pausedUntil = Math.max(soonest, startedAt + retryDelayMs(this.failures, this.#retry))
    } else {
      // A little later, and not all processes at once.
      const wait = Math.min(demandedMs, this.#retry.retryAfter) * (1 + Math.random() / 50)
      this.#pausedUntil = soonest
      this.#demandedUntil = Math.max(this.#demandedUntil, now + wait)
    }
  }

  /** A batch of so many bytes was too large. */
  refused(now: number, bytes: number): void {
    this.batchBytes = Math.max(1, Math.ceil(bytes / 2))
    const tooMany = ++this.#refusals - PATIENCE_WITH_REFUSALS
    if (tooMany > 0) this.#pausedUntil = now + retryDelayMs(tooMany, this.#retry)
  }

  /** There is no time to wait, except where the destination itself demands it. */
  hurry(): void {
    this.#pausedUntil = 0
  }
}

/**
 * How long to wait after so many failures in a row, in milliseconds. It grows, and is spread over half its length, so that
 * a thousand processes that lost their collector at once do not come back at once.
 */
function retryDelayMs(failures: number, { first, longest }: Retry): number {
  return Math.min(longest, first * 1.6 ** (failures - 1)) * (0.5 + Math.random() / 2)
}
