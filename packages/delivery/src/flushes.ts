import { performance } from 'node:perf_hooks'

interface Flush {
  /** The settled count that completes the flush. */
  goal: number
  readonly endsAt: number
  done(all: boolean): void
}

/** The pending flushes. Each one waits until all items produced before it are settled. */
export class Flushes {
  readonly #waiting = new Set<Flush>()

  get areWanted(): boolean {
    return this.#waiting.size > 0
  }

  /** @returns whether everything was settled in time */
  begin(produced: number, deadlineMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const flush: Flush = {
        goal: produced,
        endsAt: performance.now() + deadlineMs,
        done: (all) => {
          clearTimeout(deadline)
          this.#waiting.delete(flush)
          resolve(all)
        },
      }
      // The only timer of a delivery that keeps the process alive: the application awaits this promise.
      const deadline = setTimeout(flush.done, deadlineMs, false)
      this.#waiting.add(flush)
    })
  }

  /** Adds recovered items to the goal of each pending flush. */
  include(count: number): void {
    for (const flush of this.#waiting) flush.goal += count
  }

  /**
   * @param nextAt Earliest time of the next attempt, on the monotonic clock. A flush with an earlier deadline
   * ends now
   */
  review(settled: number, nextAt: number): void {
    for (const flush of this.#waiting) {
      if (settled >= flush.goal) flush.done(true)
      else if (nextAt > flush.endsAt) flush.done(false)
    }
  }

  /** Ends all flushes as incomplete. */
  end(): void {
    for (const flush of this.#waiting) flush.done(false)
  }
}
