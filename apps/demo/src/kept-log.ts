import { closeSync, createReadStream, existsSync, openSync, renameSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { LogCount, type LogDigest } from './log-digest.ts'
import { isAccessEvent, lineIn, type LogLine } from './log-line.ts'

/** Size at which a log file is rotated. One rotated file is kept. */
const MOST_BYTES = 32 * 1_024 * 1_024

/** The log of a service that may run for days: counted from the beginning, with only the recent part kept. */
export class KeptLog {
  readonly file: string
  readonly #mostBytes: number
  readonly #count = new LogCount()
  #descriptor: number
  #bytes = 0

  constructor(file: string, mostBytes = MOST_BYTES) {
    this.file = file
    this.#mostBytes = mostBytes
    this.#descriptor = openSync(file, 'w')
  }

  /** The counts of all lines, including deleted ones. */
  get digest(): LogDigest {
    return this.#count
  }

  /** Writes and counts a line synchronously, so that readers of the file are up to date. */
  write(text: string): void {
    const line = lineIn(text)
    if (line) this.#count.add(line)
    this.#bytes += writeSync(this.#descriptor, `${text}\n`)
    if (this.#bytes > this.#mostBytes) this.#turnOver()
  }

  /** The access events of a trace, if they are kept. */
  async eventsOf(traceId: string): Promise<LogLine[]> {
    const events: LogLine[] = []
    for (const file of [this.#earlier, this.file].filter((each) => existsSync(each))) {
      for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
        const line = lineIn(text)
        if (line?.trace_id === traceId && isAccessEvent(line)) events.push(line)
      }
    }
    return events
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  get #earlier(): string {
    return `${this.file}.1`
  }

  #turnOver(): void {
    closeSync(this.#descriptor)
    renameSync(this.file, this.#earlier)
    this.#descriptor = openSync(this.file, 'w')
    this.#bytes = 0
  }
}
