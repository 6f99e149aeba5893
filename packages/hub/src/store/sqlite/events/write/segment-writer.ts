import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { LogColumns, SpanColumns } from '@sightline/otlp'

import { LogBlock } from '../blocks/log-block.ts'
import { LogBuilder } from '../blocks/log-builder.ts'
import { Origins, OriginTexts } from '../blocks/origins.ts'
import { SpanBlock } from '../blocks/span-block.ts'
import { SpanBuilder } from '../blocks/span-builder.ts'
import { ExceptionWriter } from '../errors/exception-writer.ts'
import { type BlockFormat, BlockWriter } from './block-writer.ts'

/** What the writers of successive segments share: memory of builders, and known resources. */
export interface Formats {
  readonly spans: BlockFormat<SpanColumns>
  readonly logs: BlockFormat<LogColumns>
}

export function createFormats(): Formats {
  const texts = new OriginTexts()
  const origins = new Origins()
  return {
    spans: {
      signal: 'span',
      builder: new SpanBuilder(texts),
      read: (source) => new SpanBlock(source, origins).columns(),
    },
    logs: {
      signal: 'log',
      builder: new LogBuilder(texts),
      read: (source) => new LogBlock(source, origins).columns(),
    },
  }
}

/** Writes to one file of events. */
export class SegmentWriter {
  readonly spans: BlockWriter<SpanColumns>
  readonly logs: BlockWriter<LogColumns>
  readonly exceptions: ExceptionWriter
  readonly #db: DatabaseSync
  readonly #pages: StatementSync
  readonly #pageSize: number
  #inTransaction = false

  constructor(db: DatabaseSync, formats: Formats, now: () => number) {
    this.#db = db
    this.spans = new BlockWriter(db, formats.spans, now)
    this.logs = new BlockWriter(db, formats.logs, now)
    this.exceptions = new ExceptionWriter(db)
    this.#pages = db.prepare('PRAGMA page_count')
    this.#pageSize = Number(db.prepare('PRAGMA page_size').get()?.['page_size'])
  }

  /** Size of the file in bytes. */
  get bytes(): number {
    return Number(this.#pages.get()?.['page_count']) * this.#pageSize
  }

  get inTransaction(): boolean {
    return this.#inTransaction
  }

  begin(): void {
    if (this.#inTransaction) return
    this.#db.exec('BEGIN IMMEDIATE')
    this.#inTransaction = true
  }

  commit(): void {
    if (!this.#inTransaction) return
    this.spans.flush()
    this.logs.flush()
    this.#db.exec('COMMIT')
    this.#inTransaction = false
  }

  rollback(): void {
    if (this.#inTransaction) {
      this.#inTransaction = false
      try {
        this.#db.exec('ROLLBACK')
      } catch {
        // SQLite has already rolled back, as it does after some errors of the disk.
      }
    }
    this.spans.restore()
    this.logs.restore()
    this.exceptions.restore()
  }

  /** Finishes the segment: nothing is added to it later. */
  finish(): void {
    this.begin()
    this.spans.finish()
    this.logs.finish()
    this.commit()
    this.close()
  }

  /** Closes the file. Its log is emptied, also where readers still have it open. */
  close(): void {
    if (!this.#db.isOpen) return
    try {
      // A reader may be in the middle of a query. It is not waited for.
      this.#db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // The log stays, and the file is complete with it.
    }
    this.#db.close()
  }
}
