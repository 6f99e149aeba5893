import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { Signal } from '../schema.ts'
import {
  type Bucket,
  decodeBucket,
  encodeRun,
  type Entries,
  firstRows,
  keysOf,
  type Level,
  MERGED_RUNS,
} from './index-codec.ts'
import type { WordSet } from './word-set.ts'

/** Milliseconds since 1970 of the earliest and the latest row. */
interface Range {
  readonly min: number
  readonly max: number
}

/** A run that is to be merged. */
interface OpenRun extends Range {
  readonly id: number
  readonly level: 0 | 1
  /** The first rows of its blocks. */
  readonly blocks: readonly number[]
}

/** Writes the index of words of a segment, within the transaction of the caller. */
export class IndexWriter {
  readonly #sql: ReturnType<typeof statements>
  /** By level. */
  #open: readonly [OpenRun[], OpenRun[]] = [[], []]
  #next = 0

  constructor(db: DatabaseSync, signal: Signal) {
    this.#sql = statements(db, signal)
  }

  /** Adds a block by the number of its first row, with its words. */
  add(first: number, { min, max }: Range, { hashes }: WordSet): void {
    this.#put(0, { min, max, blocks: [first] }, { hashes, blocks: new Uint8Array(hashes.length) })
    if (this.#open[0].length >= MERGED_RUNS) this.#merge(this.#open[0].splice(0), 1)
    if (this.#open[1].length >= MERGED_RUNS) this.#merge(this.#open[1].splice(0), 2)
  }

  /** Makes one run of all small ones, since nothing follows in this segment. */
  finish(): void {
    const runs = [...this.#open[1].splice(0), ...this.#open[0].splice(0)]
    if (runs.length > 0) this.#merge(runs, 2)
  }

  /** Takes the state of the file, at the start and after a rollback. */
  restore(): void {
    this.#next = Number(this.#sql.next.get()?.['next'])
    this.#open = [[], []]
    for (const row of this.#sql.open.all()) {
      const level = row['level'] === 0 ? 0 : 1
      const [id, min, max] = [Number(row['id']), Number(row['min']), Number(row['max'])]
      this.#open[level].push({ id, level, min, max, blocks: firstRows(row['blocks']) })
    }
  }

  #merge(runs: readonly OpenRun[], level: 1 | 2): void {
    const rows = runs.map((run) => ({ run, buckets: this.#bucketsOf(run.id) }))
    const most = rows.reduce(
      (sum, { buckets }) => sum + buckets.reduce((bytes, { words }) => bytes + words.length, 0) / 4,
      0,
    )
    const hashes = new Uint32Array(most)
    const places = new Uint8Array(most)
    const blocks: number[] = []
    let size = 0
    for (const { run, buckets } of rows) {
      const base = blocks.length
      for (const bucket of buckets)
        decodeBucket(bucket, run.level, (hash, block) => {
          hashes[size] = hash
          places[size++] = base + block
        })
      blocks.push(...run.blocks)
      this.#sql.removeRun.run(run.id)
      this.#sql.removeWords.run(...keysOf(run.id))
    }
    const min = Math.min(...runs.map((run) => run.min))
    const max = Math.max(...runs.map((run) => run.max))
    this.#put(
      level,
      { min, max, blocks },
      { hashes: hashes.subarray(0, size), blocks: places.subarray(0, size) },
    )
  }

  #put(level: Level, run: Omit<OpenRun, 'id' | 'level'>, entries: Entries): void {
    const id = this.#next++
    this.#sql.addRun.run(id, level, run.min, run.max, JSON.stringify(run.blocks))
    for (const { key, words } of encodeRun(id, level, entries)) this.#sql.addWords.run(key, words)
    if (level !== 2) this.#open[level].push({ ...run, id, level })
  }

  #bucketsOf(run: number): Bucket[] {
    return this.#sql.words.all(...keysOf(run)).map(({ key, words }) => ({
      key: Number(key),
      words: words instanceof Uint8Array ? words : new Uint8Array(),
    }))
  }
}

function statements(
  db: DatabaseSync,
  signal: Signal,
): Record<'next' | 'open' | 'addRun' | 'addWords' | 'words' | 'removeRun' | 'removeWords', StatementSync> {
  return {
    next: db.prepare(`SELECT coalesce(max(id) + 1, 0) AS next FROM ${signal}_runs`),
    open: db.prepare(`SELECT id, level, min, max, blocks FROM ${signal}_runs WHERE level < 2 ORDER BY id`),
    addRun: db.prepare(`INSERT INTO ${signal}_runs (id, level, min, max, blocks) VALUES (?, ?, ?, ?, ?)`),
    addWords: db.prepare(`INSERT INTO ${signal}_words (key, words) VALUES (?, ?)`),
    words: db.prepare(`SELECT key, words FROM ${signal}_words WHERE key >= ? AND key < ?`),
    removeRun: db.prepare(`DELETE FROM ${signal}_runs WHERE id = ?`),
    removeWords: db.prepare(`DELETE FROM ${signal}_words WHERE key >= ? AND key < ?`),
  }
}
