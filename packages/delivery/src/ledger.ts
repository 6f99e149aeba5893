/** What has become of all that was handed over, in spans, records or points. `produced = delivered + dropped + queued`. */
export interface Ledger {
  readonly destination: string
  readonly signal: string
  readonly produced: number
  readonly delivered: number
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** What waits, is under way, or lies on disk. */
  readonly queued: number
  /** Bytes of memory that it takes. */
  readonly queuedBytes: number
}

/** The counts of one delivery. */
export class Tally {
  produced = 0
  delivered = 0
  readonly dropped: Record<string, number> = {}
  #droppedCount = 0

  /** What is neither waiting nor under way any more. */
  get settled(): number {
    return this.delivered + this.#droppedCount
  }

  drop(count: number, reason: string): void {
    this.#droppedCount += count
    this.dropped[reason] = (this.dropped[reason] ?? 0) + count
  }
}
