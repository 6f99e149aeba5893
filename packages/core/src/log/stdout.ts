import { escaped } from './escapes.ts'
import { Outlet } from './outlet.ts'
import type { Obstacle } from './output.ts'

/** Where log lines go: each call is one line with its line feed. The `DestinationStream` of pino. */
export interface LogDestination {
  write(line: string): void
}

/** What has become of the lines: produced = written + dropped + waiting. */
export interface LineLedger {
  readonly produced: number
  readonly written: number
  readonly dropped: Readonly<Record<Obstacle, number>>
  readonly waiting: number
}

/** Lines wait this long for others to share their system call, so that a killed process loses at most this much. */
const GATHER_MS = 5
/** At exit a reader gets this long to take what is left. */
export const EXIT_DEADLINE_MS = 1_500

/**
 * Standard output, written in batches, without ever waiting for its reader: what it does not take stays in memory up to
 * 8 MB. Beyond that lines are dropped and counted. Where a loss begins and where it ends, with its number, is said in the
 * log, and its beginning on standard error at once.
 */
export class Stdout implements LogDestination {
  readonly #service: string
  #outlet: Outlet | undefined = undefined
  /** Lines that are gathered. */
  #text = ''
  #lines = 0
  /** How many characters are gathered: none as long as it is not known what standard output is. */
  #gathers = 0
  #produced = 0
  #timer: NodeJS.Timeout | undefined = undefined
  #exitBy: number | undefined = undefined

  /** @param service named in what is said about lost lines */
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
   * Writes what the reader takes, and waits for it, asleep, where it is given time. Not longer than that, and not for one
   * that takes nothing for 500 ms, is gone, or fails. For the end of a process: nothing else happens meanwhile.
   *
   * @param withinMs 0: without waiting, as pino calls it after a `fatal` line
   * @returns whether everything is written
   */
  flushSync(withinMs = 0): boolean {
    // As long as nothing was written, nothing is open.
    if (this.#outlet === undefined) return true
    this.#forward()
    return this.#outlet.drainWithin(withinMs)
  }

  /** What `flush` of a pino logger calls. Does not wait either. */
  flush(done?: (error?: Error) => void): void {
    const error = this.flushSync()
      ? undefined
      : new Error(`standard output has not taken ${this.ledger.waiting} lines yet`)
    done?.(error)
  }

  /** Hands over what is gathered, and whatever waits. */
  #forward(): void {
    const outlet = (this.#outlet ??= this.#open())
    if (this.#lines > 0) {
      const [text, lines] = [this.#text, this.#lines]
      this.#text = ''
      this.#lines = 0
      // All at once: by itself each line would cost as much as to write it.
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

  /** The event loop has ended: from here on the only way to wait for the reader is to sleep, for later lines as well. */
  #end(): void {
    this.#exitBy = performance.now() + EXIT_DEADLINE_MS
    this.#gathers = 0
    this.#forward()
    this.#outlet?.leave()
  }
}

// A process has one standard output, and those who write to it know of each other.
let shared: Stdout | undefined

/**
 * The process's standard output.
 *
 * @param service the first one gives its name to what is said about lost lines
 */
export function stdout(service: string): Stdout {
  shared ??= new Stdout(service)
  return shared
}
