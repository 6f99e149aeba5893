import { requestOf, type RunningScope } from '../context/scopes.ts'
import { type LineStream, writeLate } from '../pino/pino-parts.ts'
import { wentWell } from '../record/failure.ts'
import { latencyMs } from '../record/latency.ts'
import type { RequestRecord } from '../seam.ts'

/** The limits of a request's debug lines: its lines below the level, kept until its end. */
export interface QuietSettings {
  readonly lines: number
  readonly bytes: number
  /** A request with a longer latency, in milliseconds, is slow. */
  readonly slowMs: number
}

/** The limit in bytes of all in-flight requests together. */
const MAX_TOTAL = 16 * 1_024 * 1_024

interface QuietLine {
  readonly text: string
  readonly bytes: number
  readonly level: number
  readonly stream: LineStream
  next: QuietLine | undefined
}

/**
 * The debug lines of one request: lines below the level of their logger. They are kept until the request ends and are
 * written if it failed, was aborted or was slow.
 *
 * When the buffer is full, the oldest lines are dropped. Lines are kept as text for two reasons: a value may change
 * before the request ends, and only a text has a known size in memory.
 */
export class QuietLines {
  readonly #bounds: QuietBounds
  #oldest: QuietLine | undefined = undefined
  #newest: QuietLine | undefined = undefined
  #count = 0
  #bytes = 0
  #lost = 0
  #isOpen = true

  constructor(bounds: QuietBounds) {
    this.#bounds = bounds
  }

  /** Whether the request is still in flight. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Keeps a line. Drops the oldest lines if the buffer is full. */
  add(text: string, level: number, stream: LineStream): void {
    const bytes = Buffer.byteLength(text)
    while (this.#oldest !== undefined && !this.#hasRoomFor(bytes)) {
      this.#forget(this.#oldest)
      this.#lost++
    }
    if (!this.#hasRoomFor(bytes)) {
      this.#lost++
      return
    }
    const line: QuietLine = { text, bytes, level, stream, next: undefined }
    if (this.#newest === undefined) this.#oldest = line
    else this.#newest.next = line
    this.#newest = line
    this.#count++
    this.#bytes += bytes
    this.#bounds.total.bytes += bytes
  }

  /**
   * Empties the buffer.
   *
   * @param write whether to write the lines before
   *
   * @returns the number of dropped lines
   */
  end(write: boolean): number {
    this.#isOpen = false
    try {
      if (write) this.write()
    } finally {
      while (this.#oldest !== undefined) this.#forget(this.#oldest)
    }
    return this.#lost
  }

  /** Writes the kept lines, the oldest first. */
  write(): void {
    for (let line = this.#oldest; line !== undefined; line = this.#oldest) {
      this.#forget(line)
      writeLate(line.stream, line.text, line.level)
    }
  }

  #hasRoomFor(bytes: number): boolean {
    const { total, maxLines, maxBytes } = this.#bounds
    return this.#count < maxLines && this.#bytes + bytes <= maxBytes && total.bytes + bytes <= MAX_TOTAL
  }

  #forget({ bytes, next }: QuietLine): void {
    this.#oldest = next
    if (next === undefined) this.#newest = undefined
    this.#count--
    this.#bytes -= bytes
    this.#bounds.total.bytes -= bytes
  }
}

/** The debug lines in the log's slot of a request. The access log keeps more in the same slot. */
export interface KeptLines {
  /** Absent: the request keeps no lines. */
  readonly quiet: QuietLines | undefined
}

/** The debug lines of the request that a scope belongs to. */
export function quietOf(scope: RunningScope): QuietLines | undefined {
  // Only the log writes this slot.
  return (requestOf(scope)?.logged as KeptLines | undefined)?.quiet
}

interface QuietBounds {
  readonly maxLines: number
  readonly maxBytes: number
  /** The total of all requests of a Sightline. */
  readonly total: { bytes: number }
}

/** Keeps and writes the debug lines of one Sightline's requests. */
export interface QuietKeeping {
  /** Makes the buffer of a new request. */
  begin(): QuietLines
  /**
   * Ends the buffer of a request. Its lines are written if the request failed, was aborted or was slow.
   *
   * @returns the number of dropped lines; 0 if the lines were not needed
   */
  end(lines: QuietLines, record: RequestRecord): number
}

/** Makes the keeping of one Sightline. */
export function quietKeeping({ lines: maxLines, bytes: maxBytes, slowMs }: QuietSettings): QuietKeeping {
  const bounds: QuietBounds = { maxLines, maxBytes, total: { bytes: 0 } }
  return {
    begin: () => new QuietLines(bounds),
    end(lines, record) {
      const isNeeded = !wentWell(record) || latencyMs(record) > slowMs
      const lost = lines.end(isNeeded)
      return isNeeded ? lost : 0
    },
  }
}
