import { constants, fstatSync, openSync, writeSync } from 'node:fs'

/** Where log lines go: each call is one line with its line feed. The `DestinationStream` of pino. */
export interface LogDestination {
  write(line: string): void
}

/** Lines wait this long for others to share their system call, so that a killed process loses at most this much. */
const FLUSH_AFTER_MS = 5
/** Or until this many characters are together. */
const FLUSH_AT = 16_384
/** How much waits for a reader that does not read, before lines are dropped. */
const MAX_WAITING = 16 * 1_024 * 1_024
/** A full pipe is tried again soon while its reader reads, and later while it does not. */
const RETRY_SOON_MS = 1
const RETRY_LATER_MS = 20
/** At exit a reader gets this long to take what is left, and loses the rest if it takes nothing for so long. */
const EXIT_DEADLINE_MS = 2_000
const EXIT_PATIENCE_MS = 300
const STDOUT = 1

/**
 * Standard output, written in batches, without ever waiting for its reader: what the pipe does not take stays in memory
 * up to 16 MB; beyond that lines are dropped, counted, and announced in the log as soon as it takes lines again.
 */
export class Stdout implements LogDestination {
  #fd: number | undefined = undefined
  #lines = ''
  /** What a partial write has left. */
  #rest: Buffer = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined = undefined
  #dropped = 0

  /** Lines dropped since the start of the process that nobody has read about yet. */
  get dropped(): number {
    return this.#dropped
  }

  /** Characters that the reader has not taken yet. */
  get waiting(): number {
    return this.#lines.length + this.#rest.length
  }

  write(line: string): void {
    if (this.waiting > MAX_WAITING) {
      this.#dropped++
      return
    }
    this.#lines += line
    if (this.#lines.length >= FLUSH_AT && this.#rest.length === 0) this.flush()
    else this.#schedule(FLUSH_AFTER_MS)
  }

  /** Writes what the reader takes now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    let progress = false
    while (this.#next()) {
      try {
        const written = writeSync(this.#open(), this.#rest)
        this.#rest = this.#rest.subarray(written)
        progress ||= written > 0
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          return this.#schedule(progress ? RETRY_SOON_MS : RETRY_LATER_MS)
        }
        // No reader any more, no room on the disk: these lines have nowhere to go.
        this.#dropped += countLines(this.#rest)
        this.#rest = Buffer.alloc(0)
        return
      }
    }
  }

  /** The event loop has ended: the only way to wait for the reader is to sleep. */
  #flushAtExit(): void {
    const start = performance.now()
    let lastProgress = start
    for (let before = this.waiting; before > 0; before = this.waiting) {
      this.flush()
      const now = performance.now()
      if (this.waiting < before) lastProgress = now
      if (this.waiting === 0 || now - lastProgress > EXIT_PATIENCE_MS || now - start > EXIT_DEADLINE_MS)
        return
      sleep(RETRY_SOON_MS)
    }
  }

  /** Takes up what is to be written next: first what is left over, then what is new, then word of what was lost. */
  #next(): boolean {
    if (this.#rest.length > 0) return true
    if (this.#lines === '' && this.#dropped > 0) this.#announceLoss()
    this.#rest = Buffer.from(this.#lines)
    this.#lines = ''
    return this.#rest.length > 0
  }

  #announceLoss(): void {
    this.#lines += `{"level":"warn","time":"${new Date().toISOString()}","lost":${this.#dropped},"msg":"log lines lost: nobody took them from standard output"}\n`
    this.#dropped = 0
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => this.flush(), ms).unref()
  }

  /**
   * A pipe is opened once more, in order not to block: its own flags belong to everybody who writes to it. A socket (what
   * node gives to its children) cannot be opened again; node itself makes it non-blocking when its stream is made. Files
   * and terminals keep their place by being used as they are.
   */
  #open(): number {
    if (this.#fd !== undefined) return this.#fd
    process.on('exit', () => this.#flushAtExit())
    this.#fd = STDOUT
    const kind = fstatSync(STDOUT)
    if (kind.isSocket()) void process.stdout
    if (kind.isFIFO()) {
      try {
        this.#fd = openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK)
      } catch {
        // No /proc here: writes wait for the reader, as everybody else's do.
      }
    }
    return this.#fd
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}

// A process has one standard output, whoever writes to it: two writers would cut each other's lines.
let shared: Stdout | undefined

/** The process's standard output. */
export function stdout(): Stdout {
  shared ??= new Stdout()
  return shared
}
