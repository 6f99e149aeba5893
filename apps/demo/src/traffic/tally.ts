/** The end of a request for its sender: a status, `left` (the sender left), or `lost` (an error). */
export type Ending = number | 'left' | 'lost'

/** The visitors' counts: each sent request, and its end. */
export class Tally {
  /** Requests fully written to an established connection. */
  sent = 0
  /** Present visitors. */
  present = 0
  /** Visits so far. */
  visits = 0
  readonly #endings = new Map<Ending, number>()
  readonly #checkouts = new Map<string, number>()

  /** Counts the end of a request. */
  end(ending: Ending): void {
    this.#endings.set(ending, (this.#endings.get(ending) ?? 0) + 1)
  }

  /** Number of requests with this end. */
  ended(ending: Ending): number {
    return this.#endings.get(ending) ?? 0
  }

  /** Counts the end of a checkout. */
  checkedOut(outcome: string): void {
    this.#checkouts.set(outcome, (this.#checkouts.get(outcome) ?? 0) + 1)
  }

  /** Number of checkouts with this result: `paid`, `left` or the error code. */
  checkouts(outcome: string): number {
    return this.#checkouts.get(outcome) ?? 0
  }
}
