import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { StoredExemplar } from '../../samples.ts'
import { labelsOf, labelText } from './index/label-text.ts'
import type { SeriesSet } from './index/series-set.ts'
import { numberOf, type Row, textOf } from './rows.ts'

/** A series gets at most one exemplar in this time: more are never seen on a chart. */
const INTERVAL_MS = 10_000

/** After this age, a series keeps one exemplar of each of these times. */
const THINNED_AGE_MS = 3_600_000
const THINNED_INTERVAL_MS = 300_000

/** Most exemplars of all series. The oldest are deleted first. */
const MOST_EXEMPLARS = 300_000

/** Most characters of the labels of an exemplar, as in OpenMetrics. Longer ones are refused. */
const MOST_CHARACTERS = 1_024

/** For more series than this, all exemplars of the time are read rather than those of each series. */
const MOST_SOUGHT = 1_000

/** Keeps exemplars: bounded for each series by time, and in total. */
export class ExemplarWriter {
  readonly #insert: StatementSync
  readonly #newestId: StatementSync
  readonly #oldest: StatementSync
  readonly #remove: StatementSync
  readonly #next: StatementSync
  readonly #before: StatementSync
  readonly #removeOne: StatementSync
  /** The newest exemplar that was looked at by `thin`. */
  #thinned = 0
  readonly #newest = new Map<number, number>()
  #pending: Array<{ readonly series: number; readonly exemplar: StoredExemplar }> = []

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT INTO exemplar (series, time, value, labels) VALUES (?, ?, ?, ?)')
    this.#newestId = database.prepare('SELECT max(id) AS newest FROM exemplar')
    this.#oldest = database.prepare('SELECT id, time FROM exemplar ORDER BY id LIMIT ?')
    this.#remove = database.prepare('DELETE FROM exemplar WHERE id <= ?')
    this.#next = database.prepare('SELECT id, series, time FROM exemplar WHERE id > ? ORDER BY id LIMIT ?')
    this.#before = database.prepare('SELECT max(time) AS time FROM exemplar WHERE series = ? AND time < ?')
    this.#removeOne = database.prepare('DELETE FROM exemplar WHERE id = ?')
  }

  /** Whether the exemplar is kept. */
  add(series: number, exemplar: StoredExemplar): boolean {
    if (exemplar.time < (this.#newest.get(series) ?? -Infinity) + INTERVAL_MS) return false
    this.#newest.set(series, exemplar.time)
    this.#pending.push({ series, exemplar })
    return true
  }

  get isChanged(): boolean {
    return this.#pending.length > 0
  }

  /** Writes what was added. Belongs into a transaction. */
  write(): void {
    for (const { series, exemplar } of this.#pending) {
      const labels = labelText(exemplar.labels)
      // SQLite knows no NaN and stores NULL for it.
      if (labels.length <= MOST_CHARACTERS) this.#insert.run(series, exemplar.time, exemplar.value, labels)
    }
  }

  /** Called when the transaction is committed. */
  written(): void {
    this.#pending = []
  }

  /** Deletes some exemplars that are older than `before` or too many, at most `limit`. Returns whether there may be more. */
  trim(before: number, limit: number): boolean {
    const surplus = numberOf(this.#newestId.get(), 'newest') - MOST_EXEMPLARS
    const oldest = this.#oldest.all(limit)
    const kept = oldest.findIndex((row) => numberOf(row, 'id') > surplus && numberOf(row, 'time') >= before)
    const removed = oldest.at(kept === -1 ? -1 : kept - 1)
    if (kept !== 0 && removed !== undefined) this.#remove.run(numberOf(removed, 'id'))
    return kept === -1 && oldest.length === limit
  }

  /** Deletes old exemplars that are close to another one of their series, after looking at `limit`. Returns whether there may be more. */
  thin(now: number, limit: number): boolean {
    const rows = this.#next.all(this.#thinned, limit)
    const old = rows.filter((row) => numberOf(row, 'time') < now - THINNED_AGE_MS)
    for (const row of old) {
      const time = numberOf(row, 'time')
      const before = numberOf(this.#before.get(numberOf(row, 'series'), time), 'time')
      if (Math.floor(before / THINNED_INTERVAL_MS) === Math.floor(time / THINNED_INTERVAL_MS))
        this.#removeOne.run(numberOf(row, 'id'))
    }
    this.#thinned = numberOf(old.at(-1), 'id') || this.#thinned
    return old.length === limit
  }

  /** Forgets when series had their last exemplar, if that is longer ago than matters. */
  forget(before: number): void {
    for (const [series, time] of this.#newest) if (time < before) this.#newest.delete(series)
  }
}

/** Exemplars of some series from `start` to `end`, both included, by time. Series without any are left out. */
export function readExemplars(
  database: DatabaseSync,
  set: SeriesSet,
  start: number,
  end: number,
): Array<{ readonly series: number; readonly exemplars: readonly StoredExemplar[] }> {
  const numbers = set.numbers()
  const bySeries = new Map<number, StoredExemplar[]>()
  const add = (series: number, row: Row): void => {
    const list = bySeries.get(series)
    if (list === undefined) bySeries.set(series, [exemplarOf(row)])
    else list.push(exemplarOf(row))
  }
  if (numbers.length < MOST_SOUGHT) {
    const find = database.prepare(
      'SELECT time, value, labels FROM exemplar WHERE series = ? AND time >= ? AND time <= ? ORDER BY time',
    )
    for (const series of numbers) for (const row of find.all(series, start, end)) add(series, row)
  } else {
    const find = database.prepare(
      'SELECT * FROM exemplar WHERE time >= ? AND time <= ? ORDER BY series, time',
    )
    for (const row of find.iterate(start, end)) {
      const series = numberOf(row, 'series')
      if (set.has(series)) add(series, row)
    }
  }
  return [...bySeries].map(([series, exemplars]) => ({ series, exemplars }))
}

function exemplarOf(row: Row): StoredExemplar {
  const value = row['value']
  return {
    time: numberOf(row, 'time'),
    value: typeof value === 'number' ? value : NaN,
    labels: labelsOf(textOf(row, 'labels')),
  }
}
