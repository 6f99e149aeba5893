import { setImmediate } from 'node:timers/promises'

import { executionError, PromqlError } from '../error.ts'

/** What a query may use. */
export interface Limits {
  /** Samples in memory at a time, read ones and computed ones. */
  readonly maxSamples: number
  /** Milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

/** Steps and samples after which a look at the clock costs nothing any more. */
const WORK_PER_LOOK = 20_000

/** How long a query may keep the event loop to itself, in milliseconds. */
const TURN_MS = 10

/**
 * What a query has used of its limits. Evaluation gives way to other work of the process every few milliseconds, which is
 * also when it learns that it has been cancelled.
 */
export class Budget {
  readonly #limits: Limits
  readonly #deadline: number
  #held = 0
  #work = 0
  #turn = performance.now()

  constructor(limits: Limits) {
    this.#limits = limits
    this.#deadline = this.#turn + limits.timeout
  }

  /** Samples that are in memory. */
  get held(): number {
    return this.#held
  }

  /** Takes memory for samples. Throws where it is too much. */
  take(samples: number): void {
    this.#held += samples
    if (this.#held > this.#limits.maxSamples)
      throw executionError('query processing would load too many samples into memory in query execution')
  }

  /** Gives back what has been taken beyond an earlier amount. */
  release(held: number): void {
    this.#held = held
  }

  /** Counts work, and tells whether it is time for a `pause()`. */
  isDue(work: number): boolean {
    this.#work += work
    if (this.#work < WORK_PER_LOOK) return false
    this.#work = 0
    return performance.now() - this.#turn > TURN_MS
  }

  /** Lets other work of the process run. Throws where the query has been cancelled or takes too long. */
  async pause(): Promise<void> {
    await setImmediate()
    this.#turn = performance.now()
    this.check()
  }

  /** Throws where the query has been cancelled or takes too long. */
  check(): void {
    if (this.#limits.signal?.aborted === true)
      throw new PromqlError('canceled', 'query was canceled in expression evaluation')
    if (performance.now() > this.#deadline)
      throw new PromqlError('timeout', 'query timed out in expression evaluation')
  }
}
