import type { LogDestination } from '../options/rules.ts'
import { escaped } from './escapes.ts'
import { Outlet } from './outlet.ts'
import type { Obstacle } from './output.ts'

/** The line counts: produced = written + dropped + waiting. */
export interface LineLedger {
  readonly produced: number
  readonly written: number
  readonly dropped: Readonly<Record<Obstacle, number>>
  readonly waiting: number
}

/** Batching time of lines for one system call. A killed process loses at most this much. */
const GATHER_MS = 5
/** Time for a reader to take the remaining lines at exit. */
export const EXIT_DEADLINE_MS = 1_500

/**
 * Standard output, written in batches without blocking on its reader. Up to 8 MB are buffered. Further lines
 * are dropped and counted. The begin and end of a loss are logged, with its size, and its begin is reported
 * at once on standard error.
 */
export class Stdout implements LogDestination {
  readonly #service: string
  #outlet: Outlet | undefined = undefined
  /** Batched lines. */
  #text = ''
  #lines = 0
  /** Batch size in characters. 0 until standard output is opened. */
  #gathers = 0
  #produced = 0
  #timer: NodeJS.Timeout | undefined = undefined
  #exitBy: number | undefined = undefined

  /** @param service named in messages about lost lines */
  constructor(service: string) {
    this.#service = service
  }

  get ledger(): LineLedger {
    const { announcements = 0, written = 0, waiting = 0, dropped } = this.#outlet ?? {}
    return {
      produced: this.#produced + announcements,
      written,
      dropped: { slow_reader: 0, no_reader: 0, write_error: 0, ...dropped },
      waiting: waiting + this.#lines,
    }
  }

  write(line: string): void {
    if (this.#lines > 0 && this.#text.length + line.length > this.#gathers) this.#forward()
    this.#text += line
    this.#lines++
    this.#produced++
    if (this.#text.length >= this.#gathers) this.#forward()
    else if (this.#timer === undefined) this.#comeBackIn(GATHER_MS)
  }

  /**
   * Writes the backlog, and sleeps for up to `withinMs` while the reader is slow. It stops early for a reader
   * without progress for 500 ms, without a reader, or on a write error. For the end of a process: it blocks
   * the thread.
   *
   * @param withinMs 0: without waiting, as pino calls it after a `fatal` line
   * @returns whether everything is written
   */
  flushSync(withinMs = 0): boolean {
    // Without a written line, standard output is not open.
    if (this.#outlet === undefined) return true
    this.#forward()
    return this.#outlet.drainWithin(withinMs)
  }

  /** Called by `flush` of a pino logger. Does not block, either. */
  flush(done?: (error?: Error) => void): void {
    const error = this.flushSync()
      ? undefined
      : new Error(`standard output has not taken ${this.ledger.waiting} lines yet`)
    done?.(error)
  }

  /** Passes the batch on, and drains the backlog. */
  #forward(): void {
    const outlet = (this.#outlet ??= this.#open())
    if (this.#lines > 0) {
      const [text, lines] = [this.#text, this.#lines]
      this.#text = ''
      this.#lines = 0
      // Escapes the whole batch: per line it would cost as much as the write.
      outlet.offer(escaped(text), lines)
    } else outlet.drain()
    if (this.#exitBy !== undefined) outlet.drainWithin(this.#exitBy - performance.now())
    else if (outlet.retryAfterMs !== undefined) this.#comeBackIn(outlet.retryAfterMs)
  }

  #comeBackIn(ms: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#forward()
    }, ms).unref()
  }

  #open(): Outlet {
    process.on('exit', () => this.#end())
    const outlet = new Outlet(this.#service)
    this.#gathers = outlet.gathers
    return outlet
  }

  /** The event loop has ended: from here on, also for later lines, only sleeping can wait for the reader. */
  #end(): void {
    this.#exitBy = performance.now() + EXIT_DEADLINE_MS
    this.#gathers = 0
    this.#forward()
    this.#outlet?.leave()
  }
}

// A process has one standard output, and its writers share it.
let shared: Stdout | undefined

/**
 * The process's standard output.
 *
 * @param service the first caller's name appears in messages about lost lines
 */
export function stdout(service: string): Stdout {
  shared ??= new Stdout(service)
  return shared
}
