import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { bytesOf, numberOf, type Row } from './rows.ts'

/** States of a block. */
const BLOCK = {
  /** Chunks are being written. Left over after a crash, it is dropped. */
  building: 0,
  readable: 1,
  /** Its chunks are being deleted. */
  dropped: 2,
} as const

/** Samples of all series from some batches. The order of blocks is that of commits, which is the order of each series' samples. */
export interface Block {
  readonly id: number
  readonly firstBatch: number
  readonly lastBatch: number
  /** Time of the oldest sample, in milliseconds since 1970. */
  readonly start: number
  /** Time of the newest sample. */
  readonly end: number
  /** How often its samples were merged. */
  readonly level: number
  /** The interval, in milliseconds, of which the last sample was kept. 0: all samples. */
  readonly resolution: number
  readonly samples: number
}

const GROUPS_OF_BLOCK = 2 ** 22

/** The key of a chunk. The chunks of a block are neighbours. */
export function chunkKey(block: number, group: number): number {
  return block * GROUPS_OF_BLOCK + group
}

const COLUMNS = 'id, first_batch, last_batch, start, end, level, resolution, samples'

/** Reads blocks and their chunks. */
export class BlockReader {
  readonly #all: StatementSync
  readonly #transposed: StatementSync
  readonly #groups: StatementSync
  readonly #chunk: StatementSync

  constructor(database: DatabaseSync) {
    const readable = `SELECT ${COLUMNS} FROM block WHERE state = ${BLOCK.readable}`
    this.#all = database.prepare(`${readable} ORDER BY first_batch`)
    this.#transposed = database.prepare('SELECT transposed FROM progress')
    this.#groups = database.prepare('SELECT id FROM chunk WHERE id >= ? AND id < ?')
    this.#chunk = database.prepare('SELECT samples FROM chunk WHERE id = ?')
  }

  /** The readable blocks, by order of commits. */
  all(): Block[] {
    return this.#all.all().map(blockOf)
  }

  /** The newest batch whose samples are in a block. Later ones are not in any. */
  transposed(): number {
    return numberOf(this.#transposed.get(), 'transposed')
  }

  /** The groups that have samples in a block, ascending. */
  groups(block: number): number[] {
    return this.#groups
      .all(chunkKey(block, 0), chunkKey(block + 1, 0))
      .map((row) => numberOf(row, 'id') % GROUPS_OF_BLOCK)
  }

  /** The encoded samples of a group. */
  chunk(block: number, group: number): Uint8Array | undefined {
    return this.chunkOf(chunkKey(block, group))
  }

  /** The encoded samples of a key. */
  chunkOf(key: number): Uint8Array | undefined {
    const row = this.#chunk.get(key)
    return row === undefined ? undefined : bytesOf(row, 'samples')
  }
}

/** Writes blocks: built invisibly over several transactions, then made readable at once. */
export class BlockWriter {
  readonly #begin: StatementSync
  readonly #chunk: StatementSync
  readonly #finish: StatementSync
  readonly #drop: StatementSync
  readonly #abandon: StatementSync
  readonly #dropped: StatementSync
  readonly #sweep: StatementSync
  readonly #forget: StatementSync
  readonly #progress: StatementSync

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare(
      `INSERT INTO block (state, first_batch, last_batch, start, end, level, resolution, samples) VALUES (${BLOCK.building}, ?, ?, 0, 0, ?, ?, 0)`,
    )
    this.#chunk = database.prepare('INSERT INTO chunk (id, samples) VALUES (?, ?)')
    this.#finish = database.prepare(
      `UPDATE block SET state = ${BLOCK.readable}, start = ?, end = ?, samples = ? WHERE id = ?`,
    )
    this.#drop = database.prepare(`UPDATE block SET state = ${BLOCK.dropped} WHERE id = ?`)
    this.#abandon = database.prepare(
      `UPDATE block SET state = ${BLOCK.dropped} WHERE state = ${BLOCK.building}`,
    )
    this.#dropped = database.prepare(`SELECT id FROM block WHERE state = ${BLOCK.dropped} LIMIT 1`)
    this.#sweep = database.prepare(
      'DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE id >= ? AND id < ? LIMIT ?)',
    )
    this.#forget = database.prepare('DELETE FROM block WHERE id = ?')
    this.#progress = database.prepare('UPDATE progress SET transposed = ?')
  }

  /** Begins a block, which stays invisible until `finish`. Returns its number. */
  begin({
    firstBatch,
    lastBatch,
    level,
    resolution,
  }: Omit<Block, 'id' | 'start' | 'end' | 'samples'>): number {
    return Number(this.#begin.run(firstBatch, lastBatch, level, resolution).lastInsertRowid)
  }

  chunk(block: number, group: number, samples: Uint8Array): void {
    this.#chunk.run(chunkKey(block, group), samples)
  }

  /** Makes a block readable in place of those that it was made from. Belongs into a transaction. */
  finish(
    { id, start, end, samples }: Pick<Block, 'id' | 'start' | 'end' | 'samples'>,
    from: readonly Block[],
  ): void {
    this.#finish.run(start, end, samples, id)
    for (const { id: old } of from) this.drop(old)
  }

  /** Says that the batches up to this one are in blocks. Belongs into the transaction that finishes their block. */
  transposed(batch: number): void {
    this.#progress.run(batch)
  }

  drop(block: number): void {
    this.#drop.run(block)
  }

  /** Drops blocks whose building was interrupted by a crash or an error. */
  abandon(): void {
    this.#abandon.run()
  }

  /** Deletes some chunks of dropped blocks, at most `limit`. Returns whether there may be more. */
  sweep(limit: number): boolean {
    const row = this.#dropped.get()
    if (row === undefined) return false
    const block = numberOf(row, 'id')
    const { changes } = this.#sweep.run(chunkKey(block, 0), chunkKey(block + 1, 0), limit)
    if (Number(changes) < limit) this.#forget.run(block)
    return true
  }
}

function blockOf(row: Row): Block {
  return {
    id: numberOf(row, 'id'),
    firstBatch: numberOf(row, 'first_batch'),
    lastBatch: numberOf(row, 'last_batch'),
    start: numberOf(row, 'start'),
    end: numberOf(row, 'end'),
    level: numberOf(row, 'level'),
    resolution: numberOf(row, 'resolution'),
    samples: numberOf(row, 'samples'),
  }
}
