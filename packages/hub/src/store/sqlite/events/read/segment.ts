import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { DamageError } from '../../files/database.ts'
import type { SegmentName } from '../../files/names.ts'
import { LogBlock } from '../blocks/log-block.ts'
import type { Origins } from '../blocks/origins.ts'
import type { BlockSource, SectionName } from '../blocks/shared-block.ts'
import { SpanBlock } from '../blocks/span-block.ts'
import type { Signal } from '../schema.ts'
import { blocksWith } from '../words/index-reader.ts'
import { blocksOf, type WordQuery } from '../words/word-query.ts'

/** What the table of blocks says of one. Times in milliseconds since 1970. */
export interface BlockRow {
  readonly first: number
  readonly rows: number
  readonly min: number
  readonly max: number
  /** The longest duration in milliseconds, or the highest severity. */
  readonly top: number
  /** When it was committed. */
  readonly arrived: number
}

/** Which blocks of a segment to list. */
export interface BlockFilter {
  /** Blocks with a row between these moments, in milliseconds, both included. */
  readonly min: number
  readonly max: number
  /** Blocks with at least this `top`. */
  readonly top?: number | undefined
  /** Words that blocks must have. Blocks that are not indexed are listed anyway. */
  readonly words?: WordQuery | undefined
}

/** A segment that is open for reading. */
export class Segment {
  readonly name: SegmentName
  readonly #db: DatabaseSync
  readonly #origins: Origins
  readonly #statements = new Map<string, StatementSync>()
  /** Blocks of this query, the last used at the end. */
  readonly #spanBlocks = new Map<number, SpanBlock>()
  #inTransaction = false

  constructor(name: SegmentName, db: DatabaseSync, origins: Origins) {
    this.name = name
    this.#db = db
    this.#origins = origins
    db.exec('PRAGMA cache_size = -1024')
  }

  /** A statement, prepared once. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.#db.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  /** Begins to read one state of the file, whatever its writer adds. */
  begin(): void {
    if (this.#inTransaction) return
    this.#db.exec('BEGIN')
    this.#inTransaction = true
  }

  end(): void {
    if (!this.#inTransaction) return
    this.#inTransaction = false
    this.#spanBlocks.clear()
    this.#db.exec('COMMIT')
  }

  /** The blocks that the filter admits, in any order. */
  blocks(signal: Signal, { min, max, top = 0, words }: BlockFilter): BlockRow[] {
    const range = 'b.max >= ? AND b.min <= ? AND b.top >= ?'
    const limits = [min, max, top]
    if (words === undefined) {
      return this.sql(`SELECT ${COLUMNS} FROM ${signal}_blocks b WHERE ${range}`)
        .all(...limits)
        .map(blockRow)
    }
    const found = blocksOf(words, (hash) => blocksWith(this, signal, hash, { min, max }))
    return this.sql(
      `SELECT ${COLUMNS} FROM json_each(?) w CROSS JOIN ${signal}_blocks b ON b.first = w.value WHERE ${range}
       UNION ALL SELECT ${COLUMNS} FROM ${signal}_blocks b WHERE b.indexed = 0 AND ${range}`,
    )
      .all(JSON.stringify([...found]), ...limits, ...limits)
      .map(blockRow)
  }

  /** The times of all rows, in milliseconds. */
  bounds(signal: Signal): { readonly min: number; readonly max: number } {
    const row = this.sql(`SELECT min(min) AS min, max(max) AS max FROM ${signal}_blocks`).get()
    return { min: Number(row?.['min'] ?? Infinity), max: Number(row?.['max'] ?? -Infinity) }
  }

  /** The blocks with rows from the number `from` on, in the order of arrival. */
  blocksFrom(signal: Signal, from: number): BlockRow[] {
    return this.sql(`SELECT ${COLUMNS} FROM ${signal}_blocks b WHERE b.first + b.rows > ? ORDER BY b.first`)
      .all(from)
      .map(blockRow)
  }

  /** The block with the row of this number. */
  blockOf(signal: Signal, row: number): BlockRow | undefined {
    const found = this.sql(
      `SELECT ${COLUMNS} FROM ${signal}_blocks b WHERE b.first <= ? ORDER BY b.first DESC LIMIT 1`,
    ).get(row)
    const block = found && blockRow(found)
    return block && row < block.first + block.rows ? block : undefined
  }

  /** The number of the next row. */
  next(signal: Signal): number {
    return Number(
      this.sql(
        `SELECT coalesce((SELECT first + rows FROM ${signal}_blocks ORDER BY first DESC LIMIT 1), 0) AS next`,
      ).get()?.['next'],
    )
  }

  /** A block of spans. The last ones are remembered until the end of the query, since a list of traces reads them again and again. */
  spans(row: BlockRow): SpanBlock {
    const block = this.#spanBlocks.get(row.first) ?? new SpanBlock(this.#source('span', row), this.#origins)
    this.#spanBlocks.delete(row.first)
    this.#spanBlocks.set(row.first, block)
    const [oldest] = this.#spanBlocks.keys()
    if (this.#spanBlocks.size > REMEMBERED && oldest !== undefined) this.#spanBlocks.delete(oldest)
    return block
  }

  logs(block: BlockRow): LogBlock {
    return new LogBlock(this.#source('log', block), this.#origins)
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #source(signal: Signal, { first, rows }: BlockRow): BlockSource {
    const section = (name: SectionName) => {
      const bytes = this.sql(`SELECT ${name} AS bytes FROM ${signal}_data WHERE first = ?`).get(first)?.[
        'bytes'
      ]
      if (!(bytes instanceof Uint8Array))
        throw new DamageError(`Block ${first} of ${this.name.path} has no data`)
      return bytes
    }
    return { first, rows, section }
  }
}

/** Blocks that a segment remembers during a query. */
const REMEMBERED = 16

const COLUMNS = 'b.first, b.rows, b.min, b.max, b.top, b.arrived'

function blockRow({ first, rows, min, max, top, arrived }: Record<string, unknown>): BlockRow {
  return {
    first: Number(first),
    rows: Number(rows),
    min: Number(min),
    max: Number(max),
    top: Number(top),
    arrived: Number(arrived),
  }
}
