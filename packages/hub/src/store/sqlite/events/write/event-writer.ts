import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { LogColumns, SpanColumns } from '@sightline/otlp'

import type { EventWriter, ExceptionRow } from '../../../events.ts'
import { isDamage, openForWriting, setAside } from '../../files/database.ts'
import { listSegments, type SegmentName, segmentName } from '../../files/names.ts'
import { noteFirstSeen } from '../errors/error-states.ts'
import type { FirstSeen } from '../errors/exception-writer.ts'
import { SEGMENT_FORMAT } from '../schema.ts'
import { createFormats, SegmentWriter } from './segment-writer.ts'

/** Options of {@link openEventWriter}. */
export interface EventWriterOptions {
  /** Most bytes of a segment. Default: 256 MB. */
  readonly segmentBytes?: number | undefined
  /**
   * Milliseconds until a new segment begins. Default: one hour. A segment that is small by then, below a sixteenth of `segmentBytes`,
   * goes on for up to a day, so that a quiet service does not make hundreds of files.
   */
  readonly segmentMs?: number | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * Opens the segments of an ingest thread in `<folder>/events/`. It goes on with the newest segment of this `writer`, also after a
 * `kill -9`, or begins one. A file that is damaged or of another version is renamed.
 * @throws for errors of the disk.
 */
export function openEventWriter(
  folder: string,
  writer: number,
  { segmentBytes = 256 * 2 ** 20, segmentMs = 3_600_000, now = Date.now }: EventWriterOptions = {},
): EventWriter {
  const events = join(folder, 'events')
  mkdirSync(events, { recursive: true })
  return new SegmentedWriter({ folder, events, writer, segmentBytes, segmentMs, now })
}

interface Settings {
  readonly folder: string
  readonly events: string
  readonly writer: number
  readonly segmentBytes: number
  readonly segmentMs: number
  readonly now: () => number
}

/** First occurrences that wait for a file of states that cannot be written. */
const MOST_WAITING = 1000

class SegmentedWriter implements EventWriter {
  readonly #settings: Settings
  readonly #formats = createFormats()
  /** The newest segment of this writer, which may be closed. */
  #name: SegmentName | undefined
  #segment: SegmentWriter | undefined
  #firstSeen: FirstSeen[] = []
  #isDamaged = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#name = listSegments(settings.events).findLast(({ writer }) => writer === settings.writer)
    this.#segment = this.#name && this.#open(this.#name)
    this.#segment ??= this.#create()
  }

  spans(columns: SpanColumns, exceptions: readonly ExceptionRow[]): void {
    this.#guarded(() => {
      const segment = this.#begin()
      const first = segment.spans.next
      segment.spans.add(columns)
      segment.exceptions.add('span', first, columns, exceptions)
    })
  }

  logs(columns: LogColumns, exceptions: readonly ExceptionRow[]): void {
    this.#guarded(() => {
      const segment = this.#begin()
      const first = segment.logs.next
      segment.logs.add(columns)
      segment.exceptions.add('log', first, columns, exceptions)
    })
  }

  commit(): void {
    this.#guarded(() => this.#segment?.commit())
    this.#firstSeen.push(...(this.#segment?.exceptions.takeFirstSeen() ?? []))
    try {
      noteFirstSeen(this.#settings.folder, this.#firstSeen)
      this.#firstSeen = []
    } catch {
      // The events are committed, so this is no error of theirs. The next commit tries again.
      this.#firstSeen.length = Math.min(this.#firstSeen.length, MOST_WAITING)
    }
  }

  rollback(): void {
    if (!this.#isDamaged) return this.#segment?.rollback()
    this.#isDamaged = false
    this.#segment?.close()
    this.#segment = undefined
    if (this.#name) setAside(this.#name.path, 'damaged')
  }

  close(): void {
    if (this.#segment?.inTransaction) this.#segment.rollback()
    this.#segment?.close()
  }

  /** Begins a transaction, in a new segment where the present one has reached its size or age. */
  #begin(): SegmentWriter {
    let segment = this.#segment ?? this.#create()
    if (!segment.inTransaction && this.#isFull(segment)) {
      const old = segment
      segment = this.#create()
      try {
        old.finish()
      } catch {
        // Its last rows stay in small blocks, which are searched without the index.
        old.close()
      }
    }
    segment.begin()
    return segment
  }

  #isFull({ bytes }: SegmentWriter): boolean {
    const { segmentBytes, segmentMs, now } = this.#settings
    const age = now() - (this.#name?.begun ?? 0)
    if (bytes >= segmentBytes) return true
    return age >= segmentMs && (bytes >= segmentBytes / 16 || age >= segmentMs * 24)
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (isDamage(error)) this.#isDamaged = true
      throw error
    }
  }

  /** Begins a segment. Its name is later than that of the segment before, whatever the clock says. */
  #create(): SegmentWriter {
    const { events, writer, now } = this.#settings
    const name = segmentName(events, Math.max(now(), (this.#name?.begun ?? -1) + 1), writer)
    const segment = this.#open(name)
    if (!segment) throw new Error(`${name.path} cannot be made: a file of this name is damaged`)
    this.#name = name
    this.#segment = segment
    return segment
  }

  /** The segment of an existing or new file, or `undefined` after it was set aside. */
  #open({ path }: SegmentName): SegmentWriter | undefined {
    const opened = openForWriting(path, SEGMENT_FORMAT)
    if (opened.kind === 'open') {
      try {
        return new SegmentWriter(opened.db, this.#formats, this.#settings.now)
      } catch (error) {
        opened.db.close()
        // A file that lacks tables of its version is damaged, too.
        if (!isDamage(error) && !isSchemaError(error)) throw error
      }
    }
    setAside(path, opened.kind === 'version' ? `v${opened.version}` : 'damaged')
    return undefined
  }
}

/** Whether SQLite has not understood a statement, since a table is missing. */
function isSchemaError(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 1
}
