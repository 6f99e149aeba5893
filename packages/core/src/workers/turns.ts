import { performance } from 'node:perf_hooks'

import { nextTurn } from '../series/rendering.ts'

/** Length of a work slice in milliseconds, and number of series between looks at the clock. */
const TURN_MS = 1
const SERIES_PER_LOOK = 512

/** Yields to the event loop within long work. */
export class Turns {
  #count = 0
  #began = performance.now()

  /** Await the result only if it is a promise. Usually it is not. */
  take(): Promise<void> | undefined {
    if (++this.#count % SERIES_PER_LOOK !== 0 || performance.now() - this.#began < TURN_MS) return undefined
    return nextTurn().then(() => {
      this.#began = performance.now()
    })
  }
}
