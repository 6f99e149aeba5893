import { requestOf, type RunningScope } from '../context/scopes.ts'
import { type LineStream, writeLate } from '../pino/pino-parts.ts'
import { wentWell } from '../record/failure.ts'
import { latencyMs } from '../record/latency.ts'
import type { RequestRecord } from '../seam.ts'

/** What a request keeps of its lines that are below the level. */
export interface QuietSettings {
  readonly lines: number
  readonly bytes: number
  /** Milliseconds from which on a request is slow. */
  readonly slowMs: number
}

/** Bytes that the requests under way keep all together. */
const MAX_TOTAL = 16 * 1_024 * 1_024

interface QuietLine {
  readonly text: string
  readonly bytes: number
  readonly level: number
  /** Where it was meant to go. */
  readonly stream: LineStream
  next: QuietLine | undefined
}

/**
 * The quiet lines of one request: those below the level of their logger, kept until it is known whether anybody needs
 * them. The newest stay. They are kept as text: a value may change before the request ends, and only of a text it is known
 * how much memory it takes.
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

  /** Whether the request is still under way. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Keeps a line, and forgets older ones where there is no room for both. */
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
   * Lets go of all lines: writes them, or not.
   *
   * @returns how many of them there was no room for
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

  /** Writes what has been kept so far, in the order in which it came. */
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

/** What the log keeps in its slot of a request: the lines, and whatever its access event needs besides. */
export interface KeptLines {
  /** Absent: the request keeps none. */
  readonly quiet: QuietLines | undefined
}

/** The quiet lines of the request that a scope belongs to, where it keeps any. */
export function quietOf(scope: RunningScope): QuietLines | undefined {
  // The slot is the log's own.
  return (requestOf(scope)?.logged as KeptLines | undefined)?.quiet
}

interface QuietBounds {
  readonly maxLines: number
  readonly maxBytes: number
  /** What all requests of a Sightline share. */
  readonly total: { bytes: number }
}

/** What becomes of the quiet lines of the requests of one Sightline. */
export interface QuietKeeping {
  /** For a request that begins. */
  begin(): QuietLines
  /**
   * For one that has ended: they are written if it has failed, was aborted, or was slow.
   *
   * @returns how many of the lines to be written there was no room for
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
