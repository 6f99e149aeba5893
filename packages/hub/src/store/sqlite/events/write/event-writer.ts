import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { LogColumns, SpanColumns } from '@sightline/otlp'

import type { EventWriter, ExceptionRow } from '../../../events.ts'
import { isDamage, openForWriting, setAside } from '../../files/database.ts'
import { listSegments, type SegmentName, segmentName } from '../../files/names.ts'
import { noteFirstSeen } from '../errors/error-states.ts'
import { SEGMENT_SCHEMA } from '../schema.ts'
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

class SegmentedWriter implements EventWriter {
  readonly #settings: Settings
  readonly #formats = createFormats()
  #name: SegmentName
  #segment: SegmentWriter
  #damaged = false

  constructor(settings: Settings) {
    this.#settings = settings
    const newest = listSegments(settings.events).findLast(({ writer }) => writer === settings.writer)
    const found = newest && this.#open(newest)
    this.#name = found ? newest : this.#newName(newest)
    this.#segment = found ?? this.#create(this.#name)
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
    this.#guarded(() => this.#segment.commit())
    noteFirstSeen(this.#settings.folder, this.#segment.exceptions.takeFirstSeen())
  }

  rollback(): void {
    if (!this.#damaged) return this.#segment.rollback()
    this.#segment.close()
    setAside(this.#name.path, 'damaged')
    this.#damaged = false
    this.#replace()
  }

  close(): void {
    if (this.#segment.inTransaction) this.#segment.rollback()
    this.#segment.close()
  }

  /** Begins a transaction, in a new segment where the present one has reached its size or age. */
  #begin(): SegmentWriter {
    if (!this.#segment.inTransaction && this.#isFull()) {
      this.#segment.finish()
      this.#replace()
    }
    this.#segment.begin()
    return this.#segment
  }

  #isFull(): boolean {
    const { segmentBytes, segmentMs, now } = this.#settings
    const { bytes } = this.#segment
    const age = now() - this.#name.begun
    if (bytes >= segmentBytes) return true
    return age >= segmentMs && (bytes >= segmentBytes / 16 || age >= segmentMs * 24)
  }

  #replace(): void {
    this.#name = this.#newName(this.#name)
    this.#segment = this.#create(this.#name)
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (isDamage(error)) this.#damaged = true
      throw error
    }
  }

  /** A name later than that of the segment before, whatever the clock says. */
  #newName(before: SegmentName | undefined): SegmentName {
    const { events, writer, now } = this.#settings
    return segmentName(events, Math.max(now(), (before?.begun ?? -1) + 1), writer)
  }

  #create(name: SegmentName): SegmentWriter {
    const segment = this.#open(name)
    if (!segment) throw new Error(`${name.path} cannot be made: a file of this name is damaged`)
    return segment
  }

  /** The segment of an existing or new file, or `undefined` after it was set aside. */
  #open({ path }: SegmentName): SegmentWriter | undefined {
    const opened = openForWriting(path, SEGMENT_SCHEMA)
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
