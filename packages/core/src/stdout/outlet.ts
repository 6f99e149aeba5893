import { writeSync } from 'node:fs'

import { Backlog } from './backlog.ts'
import { beginning, ending, leftBehind, Losses } from './losses.ts'
import { isSameOutput, type Obstacle, obstacleOf, openOutput, type Output } from './output.ts'

/** Bytes that wait for a reader that does not read, before lines are dropped. */
const MAX_WAITING = 8 * 1_024 * 1_024
/** A long backlog is written in slices, between which the event loop has its turn. */
const SLICE_MS = 5
/** A full pipe is tried again soon while its reader reads, and less often while it does not. */
const RETRY_SOON_MS = 1
const RETRY_LATER_MS = 5
/** A full disk, or a pipe without a reader, is tried again so often. */
const RETRY_RARELY_MS = 1_000
/** A reader that takes nothing for so long will not do so before the process has ended. */
const PATIENCE_MS = 500

/** Standard output with the lines that it has not taken yet. Knows what has become of every line. */
export class Outlet {
  readonly #service: string
  readonly #output = openOutput(1)
  readonly #backlog = new Backlog()
  readonly #losses = new Losses()
  #stderr: Output | undefined = undefined
  #announcements = 0
  #written = 0
  #obstacle: Obstacle | undefined = undefined
  /** Attempts since the last one that succeeded. */
  #failures = 0
  #retryAfterMs = RETRY_SOON_MS
  /** When to try again after an obstacle, by the monotonic clock. */
  #dueAt = 0

  /** @param service named in what is said about lost lines */
  constructor(service: string) {
    this.#service = service
  }

  /** How many characters are worth to be gathered before they are offered. */
  get gathers(): number {
    return this.#output.gathers
  }

  /** Lines of our own, which nobody has offered. */
  get announcements(): number {
    return this.#announcements
  }

  get written(): number {
    return this.#written
  }

  get dropped(): Readonly<Record<Obstacle, number>> {
    return this.#losses.byReason
  }

  get waiting(): number {
    return this.#backlog.lines
  }

  /** When to come back; `undefined`: nothing waits. */
  get retryAfterMs(): number | undefined {
    return this.#backlog.isEmpty ? undefined : this.#retryAfterMs
  }

  /** Takes whole lines, and writes what may be written now. */
  offer(text: string, lines: number): void {
    this.drain()
    if (this.#hasRoom()) this.#backlog.push(text, lines)
    else this.#lose(lines, this.#obstacle ?? 'slow_reader')
    this.drain()
  }

  /** Writes what waits for a slice of time, unless an obstacle is too fresh to be tried again. */
  drain(): void {
    if (this.#isDue()) this.#write()
  }

  /**
   * Writes what waits, tries at least once, and sleeps while the reader is slow.
   *
   * @returns whether everything is written
   */
  drainWithin(ms: number): boolean {
    const start = performance.now()
    let lastProgress = start
    for (;;) {
      const before = this.#backlog.bytes
      this.#write()
      if (this.#backlog.isEmpty) return true
      if (this.#obstacle !== undefined && this.#obstacle !== 'slow_reader') return false
      const now = performance.now()
      if (this.#backlog.bytes < before) lastProgress = now
      if (now - start >= ms || now - lastProgress >= PATIENCE_MS) return false
      sleep(RETRY_SOON_MS)
    }
  }

  /** Says how many lines the process leaves behind, if any. */
  leave(): void {
    const lost = this.#backlog.lines + (this.#losses.current?.lines ?? 0)
    if (lost > 0) this.#complain(leftBehind(this.#service, lost))
  }

  #isDue(): boolean {
    return this.#obstacle === undefined || performance.now() >= this.#dueAt
  }

  #hasRoom(): boolean {
    // For a reader that is gone only as much is kept as it takes to find out whether there is a new one.
    return this.#backlog.bytes < MAX_WAITING && (this.#obstacle !== 'no_reader' || this.#isDue())
  }

  #write(): void {
    if (this.#backlog.isEmpty) return
    const { fd, whole } = this.#output
    const start = performance.now()
    do {
      try {
        const count = writeSync(fd, this.#backlog.next(whole))
        this.#written += this.#backlog.take(count)
      } catch (error) {
        this.#meet(obstacleOf(error))
        return
      }
      this.#obstacle = undefined
      this.#failures = 0
      this.#retryAfterMs = RETRY_SOON_MS
      if (this.#backlog.isEmpty) this.#endLoss()
    } while (!this.#backlog.isEmpty && performance.now() - start < SLICE_MS)
  }

  #meet(obstacle: Obstacle): void {
    this.#obstacle = obstacle
    this.#failures++
    this.#retryAfterMs =
      obstacle === 'slow_reader' ? Math.min(this.#failures * RETRY_SOON_MS, RETRY_LATER_MS) : RETRY_RARELY_MS
    this.#dueAt = performance.now() + this.#retryAfterMs
    if (obstacle === 'no_reader') this.#lose(this.#backlog.clear(), obstacle)
  }

  #lose(lines: number, reason: Obstacle): void {
    if (!this.#losses.add(lines, reason)) return
    const announcement = beginning(this.#service, reason)
    if (reason !== 'no_reader') this.#announce(announcement)
    this.#complain(announcement)
  }

  #endLoss(): void {
    const loss = this.#losses.current
    if (loss === undefined) return
    this.#losses.end()
    this.#announce(ending(this.#service, loss))
  }

  /** Adds a line of our own, even where there is no room for others. */
  #announce(line: string): void {
    this.#announcements++
    this.#backlog.push(line, 1)
  }

  /** Says something on standard error, as long as that neither waits nor gets into the midst of what is written here. */
  #complain(line: string): void {
    if (isSameOutput(1, 2)) return
    this.#stderr ??= openOutput(2)
    try {
      writeSync(this.#stderr.fd, line)
    } catch {
      // Nobody reads that either: it is in the metrics.
    }
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
