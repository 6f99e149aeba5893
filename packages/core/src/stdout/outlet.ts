import { writeSync } from 'node:fs'

import { Backlog } from './backlog.ts'
import { beginning, ending, leftBehind, Losses } from './losses.ts'
import { isSameOutput, type Obstacle, obstacleOf, openOutput, type Output } from './output.ts'

/** Maximum bytes buffered for a slow reader. Further lines are dropped. */
const MAX_WAITING = 8 * 1_024 * 1_024
/** Time slice for writing a long backlog, before the event loop gets its turn. */
const SLICE_MS = 5
/** First retry interval for a full pipe. It grows while the reader does not read. */
const RETRY_SOON_MS = 1
const RETRY_LATER_MS = 5
/** Retry interval for a full disk, or a pipe without a reader. */
const RETRY_RARELY_MS = 1_000
/** A reader without progress for this time will not catch up before the exit. */
const PATIENCE_MS = 500

/** Standard output with its backlog. It accounts for every line. */
export class Outlet {
  readonly #service: string
  readonly #output = openOutput(1)
  readonly #backlog = new Backlog()
  readonly #losses = new Losses()
  #stderr: Output | undefined = undefined
  #announcements = 0
  #written = 0
  #obstacle: Obstacle | undefined = undefined
  /** Consecutive failed attempts. */
  #failures = 0
  #retryAfterMs = RETRY_SOON_MS
  /** Time of the next attempt after an obstacle, on the monotonic clock. */
  #dueAt = 0

  /** @param service named in messages about lost lines */
  constructor(service: string) {
    this.#service = service
  }

  /** Number of characters worth batching before `offer`. */
  get gathers(): number {
    return this.#output.gathers
  }

  /** Number of Sightline's own lines about losses. */
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

  /** Delay until the next attempt. `undefined` with an empty backlog. */
  get retryAfterMs(): number | undefined {
    return this.#backlog.isEmpty ? undefined : this.#retryAfterMs
  }

  /** Queues whole lines, and writes as much as possible now. */
  offer(text: string, lines: number): void {
    this.drain()
    if (this.#hasRoom()) this.#backlog.push(text, lines)
    else this.#lose(lines, this.#obstacle ?? 'slow_reader')
    this.drain()
  }

  /** Writes the backlog for one time slice, unless it must wait for the retry. */
  drain(): void {
    if (this.#isDue()) this.#write()
  }

  /**
   * Writes the backlog with at least one attempt, and sleeps while the reader is slow.
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

  /** Reports the lines that the process leaves unwritten, if any. */
  leave(): void {
    const lost = this.#backlog.lines + (this.#losses.current?.lines ?? 0)
    if (lost > 0) this.#complain(leftBehind(this.#service, lost))
  }

  #isDue(): boolean {
    return this.#obstacle === undefined || performance.now() >= this.#dueAt
  }

  #hasRoom(): boolean {
    // Without a reader, lines are kept only for the next attempt, which detects a new reader.
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

  /** Queues a line of our own, even beyond the limit. */
  #announce(line: string): void {
    this.#announcements++
    this.#backlog.push(line, 1)
  }

  /** Writes a message to standard error, without blocking, and not into the same file as standard output. */
  #complain(line: string): void {
    if (isSameOutput(1, 2)) return
    this.#stderr ??= openOutput(2)
    try {
      writeSync(this.#stderr.fd, line)
    } catch {
      // Standard error has no reader either. The metrics have the loss.
    }
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
