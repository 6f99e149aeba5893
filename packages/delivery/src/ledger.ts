/** The counts of one delivery, in spans, records or points. `produced = delivered + dropped + queued`. */
export interface Ledger {
  readonly destination: string
  readonly signal: string
  readonly produced: number
  readonly delivered: number
  /** Counts by reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** Items in the queue, in flight, or on disk. */
  readonly queued: number
  /** Memory that the queue takes, in bytes. */
  readonly queuedBytes: number
}

export class Tally {
  produced = 0
  delivered = 0
  readonly dropped: Record<string, number> = {}
  #droppedCount = 0

  /** Items that are delivered or dropped. */
  get settled(): number {
    return this.delivered + this.#droppedCount
  }

  drop(count: number, reason: string): void {
    this.#droppedCount += count
    this.dropped[reason] = (this.dropped[reason] ?? 0) + count
  }
}
