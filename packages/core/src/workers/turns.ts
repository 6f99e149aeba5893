import { performance } from 'node:perf_hooks'

import { nextTurn } from '../series/rendering.ts'

/** How long it is worked before others get their turn, in milliseconds, and how often the clock is asked. */
const TURN_MS = 1
const SERIES_PER_LOOK = 512

/** Turns of the event loop within long work. */
export class Turns {
  #count = 0
  #began = performance.now()

  /** To be awaited only where it is a promise: most of the time it is not. */
  take(): Promise<void> | undefined {
    if (++this.#count % SERIES_PER_LOOK !== 0 || performance.now() - this.#began < TURN_MS) return undefined
    return nextTurn().then(() => {
      this.#began = performance.now()
    })
  }
}
