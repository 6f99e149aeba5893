/** How a request ended, for the one who sent it: with a status, or because he left, or for no good reason. */
export type Ending = number | 'left' | 'lost'

/** What the visitors know of the day: each request that left the house, and how it ended. */
export class Tally {
  /** Requests handed to the operating system, complete, on a connection that stood. */
  sent = 0
  /** Visitors who are there now. */
  present = 0
  /** Visits that have begun. */
  visits = 0
  readonly #endings = new Map<Ending, number>()
  readonly #checkouts = new Map<string, number>()

  /** A request has ended. */
  end(ending: Ending): void {
    this.#endings.set(ending, (this.#endings.get(ending) ?? 0) + 1)
  }

  /** How many requests have ended so. */
  ended(ending: Ending): number {
    return this.#endings.get(ending) ?? 0
  }

  /** A checkout has ended. */
  checkedOut(outcome: string): void {
    this.#checkouts.set(outcome, (this.#checkouts.get(outcome) ?? 0) + 1)
  }

  /** How many checkouts have ended so: `paid`, `left` or the code of the error. */
  checkouts(outcome: string): number {
    return this.#checkouts.get(outcome) ?? 0
  }
}
