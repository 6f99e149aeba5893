import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { Columns } from '@sightline/otlp'

import { DamageError } from '../../files/database.ts'
import type { BlockSource, SectionName } from '../blocks/shared-block.ts'
import type { EncodedBlock } from '../blocks/shared-builder.ts'
import type { Signal } from '../schema.ts'
import { IndexWriter } from '../words/index-writer.ts'
import { WordSet } from '../words/word-set.ts'

/** Fills a block. */
interface Builder<C extends Columns> {
  readonly rows: number
  add(columns: C, from: number, to: number): void
  addWords(words: WordSet): void
  encode(): EncodedBlock
  clear(): void
}

/** What differs between spans and log records. */
export interface BlockFormat<C extends Columns> {
  readonly signal: Signal
  readonly builder: Builder<C>
  /** The columns of a stored block. */
  read(source: BlockSource): C
}

/** Rows of a full block. */
const FULL = 1024
/** A block of this many rows stays as it is. */
const ENOUGH = 512
/** So many small blocks of about the same size become one. */
const MERGED = 16

interface SmallBlock {
  readonly first: number
  readonly rows: number
}

/** Writes the blocks of one kind of events to a segment, within the transaction of the caller. */
export class BlockWriter<C extends Columns> {
  /** The number of the next row. */
  next = 0
  readonly #format: BlockFormat<C>
  readonly #sql: ReturnType<typeof statements>
  readonly #now: () => number
  readonly #index: IndexWriter
  readonly #words = new WordSet()
  /** Blocks that are not indexed, the last ones of the segment. */
  #tail: SmallBlock[] = []

  constructor(db: DatabaseSync, format: BlockFormat<C>, now: () => number) {
    this.#format = format
    this.#sql = statements(db, format.signal)
    this.#now = now
    this.#index = new IndexWriter(db, format.signal)
    this.restore()
  }

  add(columns: C): void {
    this.#addRange(columns, 0, columns.rows)
  }

  /** Adds some rows of `columns`, by their ascending numbers. */
  addRows(columns: C, rows: readonly number[]): void {
    for (let i = 0; i < rows.length;) {
      const from = rows[i] ?? 0
      let to = from + 1
      while (rows[++i] === to) to++
      this.#addRange(columns, from, to)
    }
  }

  #addRange(columns: C, start: number, end: number): void {
    const { builder } = this.#format
    for (let from = start; from < end;) {
      const to = Math.min(end, from + FULL - builder.rows)
      builder.add(columns, from, to)
      this.next += to - from
      from = to
      if (builder.rows >= FULL) this.flush()
    }
  }

  /** Writes the rows that are not in a block yet. */
  flush(): void {
    const { builder } = this.#format
    if (builder.rows === 0) return
    if (builder.rows >= ENOUGH) {
      // The rows of a merged block must follow each other, so the smaller blocks before this one are finished.
      const rows = builder.rows
      const encoded = builder.encode()
      this.#addToIndex(this.next - rows, encoded)
      builder.clear()
      this.#merge(0, true)
      this.#put(this.next - rows, encoded, true)
      return
    }
    const first = this.next - builder.rows
    this.#tail.push({ first, rows: builder.rows })
    this.#put(first, builder.encode(), false)
    builder.clear()
    this.#tidy()
  }

  /** Merges and indexes all blocks, since nothing follows in this segment. */
  finish(): void {
    this.flush()
    this.#merge(0, true)
    this.#index.finish()
  }

  /** Takes the state of the file, at the start and after a rollback. */
  restore(): void {
    this.#format.builder.clear()
    this.#index.restore()
    this.next = Number(this.#sql.next.get()?.['next'])
    this.#tail = this.#sql.tail.all().map(({ first, rows }) => ({ first: Number(first), rows: Number(rows) }))
  }

  #tidy(): void {
    const rows = this.#tail.reduce((sum, block) => sum + block.rows, 0)
    if (rows >= FULL) return this.#merge(0, true)
    const last = this.#tail.slice(-MERGED)
    const size = sizeOf(last[0]?.rows ?? 0)
    if (last.length < MERGED || last.some((block) => sizeOf(block.rows) !== size)) return
    this.#merge(this.#tail.length - MERGED, false)
    // The merged block may be the last that one of its size was missing.
    this.#tidy()
  }

  /** Makes one block of the small blocks from `from` on. */
  #merge(from: number, indexed: boolean): void {
    const { builder, read } = this.#format
    const merged = this.#tail.splice(from)
    const [start] = merged
    if (!start) return
    for (const { first, rows } of merged) {
      builder.add(read(this.#source(first, rows)), 0, rows)
      this.#sql.removeBlock.run(first)
      this.#sql.removeData.run(first)
    }
    if (!indexed) this.#tail.push({ first: start.first, rows: builder.rows })
    const encoded = builder.encode()
    if (indexed) this.#addToIndex(start.first, encoded)
    this.#put(start.first, encoded, indexed)
    builder.clear()
  }

  /** Adds the words of the builder's rows to the index. */
  #addToIndex(first: number, encoded: EncodedBlock): void {
    this.#words.clear()
    this.#format.builder.addWords(this.#words)
    this.#index.add(first, encoded, this.#words)
  }

  #source(first: number, rows: number): BlockSource {
    const sections = this.#sql.sections.get(first)
    const section = (name: SectionName) => {
      const bytes = sections?.[name]
      if (!(bytes instanceof Uint8Array)) throw new DamageError(`Block ${first} has no data`)
      return bytes
    }
    return { first, rows, section }
  }

  #put(first: number, { rows, min, max, top, times, ids, main, more }: EncodedBlock, indexed: boolean): void {
    this.#sql.block.run(first, rows, min, max, top, this.#now(), Number(indexed))
    this.#sql.data.run(first, times, ids, main, more)
  }
}

/** Blocks of the same size class are merged: below 16 rows, below 256, and more. */
function sizeOf(rows: number): number {
  return rows < 16 ? 0 : rows < 256 ? 1 : 2
}

function statements(
  db: DatabaseSync,
  signal: Signal,
): Record<'next' | 'tail' | 'block' | 'data' | 'sections' | 'removeBlock' | 'removeData', StatementSync> {
  return {
    next: db.prepare(
      `SELECT coalesce((SELECT first + rows FROM ${signal}_blocks ORDER BY first DESC LIMIT 1), 0) AS next`,
    ),
    tail: db.prepare(
      `SELECT first, rows FROM ${signal}_blocks WHERE indexed = 0
       AND first > coalesce((SELECT max(first) FROM ${signal}_blocks WHERE indexed = 1), -1) ORDER BY first`,
    ),
    block: db.prepare(
      `INSERT INTO ${signal}_blocks (first, rows, min, max, top, arrived, indexed) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    data: db.prepare(`INSERT INTO ${signal}_data (first, times, ids, main, more) VALUES (?, ?, ?, ?, ?)`),
    sections: db.prepare(`SELECT times, ids, main, more FROM ${signal}_data WHERE first = ?`),
    removeBlock: db.prepare(`DELETE FROM ${signal}_blocks WHERE first = ?`),
    removeData: db.prepare(`DELETE FROM ${signal}_data WHERE first = ?`),
  }
}
