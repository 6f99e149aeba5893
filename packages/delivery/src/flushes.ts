import { performance } from 'node:perf_hooks'

interface Flush {
  /** So much has to be settled. */
  goal: number
  readonly endsAt: number
  done(all: boolean): void
}

/** Those who wait until everything that had been produced is settled. */
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
      // The only timer of a delivery that keeps the process alive: someone waits for this promise.
      const deadline = setTimeout(flush.done, deadlineMs, false)
      this.#waiting.add(flush)
    })
  }

  /** So much more belongs to what is waited for. */
  include(count: number): void {
    for (const flush of this.#waiting) flush.goal += count
  }

  /** @param nextAt When there will be news, on the monotonic clock: who would have to wait for longer waits no more */
  review(settled: number, nextAt: number): void {
    for (const flush of this.#waiting) {
      if (settled >= flush.goal) flush.done(true)
      else if (nextAt > flush.endsAt) flush.done(false)
    }
  }

  /** There will be no more news. */
  end(): void {
    for (const flush of this.#waiting) flush.done(false)
  }
}
