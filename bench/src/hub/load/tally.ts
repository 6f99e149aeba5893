import type { Signal, StreamReport } from './plan.ts'

/** What became of a request. */
export interface Outcome {
  /** The status, or the code of an error of the connection. */
  readonly code: string
  /** Whether the answer says more than that all was stored. */
  readonly isPartial: boolean
}

/** Counts the requests of a stream. */
export class Tally {
  readonly #signal: Signal
  readonly #outcomes: Record<string, number> = {}
  readonly #latencies: number[] = []
  #accepted = 0
  #sent = 0
  #partial = 0
  #begun = NaN
  #ended = NaN

  constructor(signal: Signal) {
    this.#signal = signal
  }

  /** Counts a request. `due` and `answered` are milliseconds of one clock. */
  add({ code, isPartial }: Outcome, items: number, due: number, answered: number): void {
    this.#outcomes[code] = (this.#outcomes[code] ?? 0) + 1
    this.#sent += items
    if (code === '200') {
      this.#accepted += items
      this.#latencies.push(answered - due)
      if (isPartial) this.#partial++
    }
    if (!(this.#begun <= due)) this.#begun = due
    if (!(this.#ended >= answered)) this.#ended = answered
  }

  report(): StreamReport {
    return {
      signal: this.#signal,
      outcomes: this.#outcomes,
      accepted: this.#accepted,
      sent: this.#sent,
      partial: this.#partial,
      seconds: (this.#ended - this.#begun) / 1_000,
      latencies: this.#latencies,
    }
  }
}
