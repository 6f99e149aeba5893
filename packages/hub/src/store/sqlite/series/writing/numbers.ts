import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { Labels } from '../../../samples.ts'
import { hashOf, labelText } from '../index/label-text.ts'
import { type IndexedSeries, LabelWriter } from '../index/label-writer.ts'
import { LAST_LAG_MS } from '../index/series-labels.ts'
import { numberOf, textOf } from '../rows.ts'
import { writing } from '../transaction.ts'

/** `recount` is called this often. */
export const RECOUNT_MS = 600_000

/** A series is in use until this number of counts has passed without a new sample: one hour. */
const IDLE_COUNTS = 6

/** How much newer than stored the newest sample of a series may be before it is stored. With `RECOUNT_MS`, less than `LAST_LAG_MS`. */
const STORED_LAG_MS = LAST_LAG_MS / 2

/** What is known of a series that has been in use since the start. */
interface Use {
  readonly job: string
  /** The time of the newest sample, as stored with the series. */
  stored: number
  /** The time of the newest sample at the last count; NaN where there was none since the start. */
  seen: number
  idle: number
}

/** Gives numbers to series, within the limit of each job, and keeps the index of their labels. */
export class SeriesNumbers {
  readonly #database: DatabaseSync
  readonly #limit: number
  readonly #find: StatementSync
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #delete: StatementSync
  readonly #old: StatementSync
  readonly #index: LabelWriter
  readonly #uses: Array<Use | undefined> = []
  /** Series that are not committed yet, by their labels. */
  readonly #pending = new Map<string, number>()
  /** Series that were deleted since the start, and whose numbers callers may know. */
  readonly #deleted = new Map<number, string>()
  readonly #deletedNumbers = new Map<string, number>()
  readonly #inUse = new Map<string, number>()
  readonly #overLimit = new Map<string, number>()
  #next: number

  constructor(database: DatabaseSync, limit: number, now: number) {
    this.#database = database
    this.#limit = limit
    this.#find = database.prepare('SELECT id, labels, job, last FROM series WHERE hash = ?')
    this.#insert = database.prepare(
      'INSERT INTO series (id, hash, labels, job, first, last) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#update = database.prepare('UPDATE series SET last = ? WHERE id = ?')
    this.#delete = database.prepare('DELETE FROM series WHERE id = ?')
    this.#old = database.prepare('SELECT id, labels FROM series WHERE id > ? AND id <= ? AND last < ?')
    this.#index = new LabelWriter(database)
    // Numbers of deleted series are not used again.
    this.#next =
      numberOf(database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'series'").get(), 'seq') + 1
    const recent = database.prepare('SELECT id, job, last FROM series WHERE last >= ?')
    for (const row of recent.iterate(now - IDLE_COUNTS * RECOUNT_MS - LAST_LAG_MS))
      this.#use(numberOf(row, 'id'), textOf(row, 'job'), numberOf(row, 'last'))
  }

  /** One more than the highest number. */
  get end(): number {
    return this.#next
  }

  /** Series in use, by job. */
  get inUse(): ReadonlyMap<string, number> {
    return this.#inUse
  }

  /** Refusals, by job. */
  get overLimit(): ReadonlyMap<string, number> {
    return this.#overLimit
  }

  get isChanged(): boolean {
    return this.#pending.size > 0
  }

  /** The number of a series, which is made where it is new. `undefined` where its job has reached its limit. */
  of(labels: Labels): number | undefined {
    const text = labelText(labels)
    const pending = this.#pending.get(text)
    if (pending !== undefined) return pending
    const row = this.#find.all(hashOf(text)).find((one) => textOf(one, 'labels') === text)
    if (row !== undefined) {
      const known = numberOf(row, 'id')
      if (this.#uses[known] === undefined) this.#use(known, textOf(row, 'job'), numberOf(row, 'last'))
      return known
    }
    const deleted = this.#deletedNumbers.get(text)
    if (deleted !== undefined) {
      this.revive(deleted)
      return deleted
    }
    const job = labels['job'] ?? ''
    if ((this.#inUse.get(job) ?? 0) >= this.#limit) {
      this.refuse(job, 1)
      return undefined
    }
    const number = this.#next++
    this.#pending.set(text, number)
    this.#use(number, job, -Infinity)
    return number
  }

  /** Counts samples of series beyond the limit of their job. */
  refuse(job: string, samples: number): void {
    this.#overLimit.set(job, (this.#overLimit.get(job) ?? 0) + samples)
  }

  /** Makes a deleted series exist again under its old number. Any other number is left alone. */
  revive(number: number): void {
    if (this.#deleted.size === 0) return
    const text = this.#deleted.get(number)
    if (text === undefined) return
    this.#deleted.delete(number)
    this.#deletedNumbers.delete(text)
    this.#pending.set(text, number)
  }

  /** Writes new series. `newest` is the time of the newest sample of one. Belongs into a transaction. */
  write(newest: (number: number) => number, now: number): void {
    if (this.#pending.size === 0) return
    const added: IndexedSeries[] = []
    for (const [labels, id] of this.#pending) {
      const sampled = newest(id)
      const time = Number.isNaN(sampled) ? now : sampled
      const use = this.#uses[id]
      this.#insert.run(id, hashOf(labels), labels, use?.job ?? '', time, time)
      if (use !== undefined) use.stored = time
      added.push({ id, labels })
    }
    this.#index.add(added)
  }

  /** Called when the transaction is committed. */
  written(): void {
    this.#pending.clear()
  }

  /** Counts the series in use anew, and returns those whose newest sample is to be stored. Call it every `RECOUNT_MS`. */
  recount(newest: (number: number) => number): Array<{ readonly number: number; readonly time: number }> {
    const lagging: Array<{ number: number; time: number }> = []
    this.#inUse.clear()
    this.#uses.forEach((use, number) => {
      if (use === undefined) return
      const time = newest(number)
      if (Number.isNaN(time) || time === use.seen) use.idle++
      else use.idle = 0
      use.seen = time
      if (use.idle < IDLE_COUNTS) this.#inUse.set(use.job, (this.#inUse.get(use.job) ?? 0) + 1)
      if (time > use.stored + STORED_LAG_MS || (use.idle === 1 && time > use.stored))
        lagging.push({ number, time })
    })
    return lagging
  }

  /** Stores when a series had its newest sample. Belongs into a transaction. */
  store(number: number, time: number): void {
    this.#update.run(time, number)
    const use = this.#uses[number]
    if (use !== undefined) use.stored = time
  }

  /** Deletes those series with numbers from `from` up to `to` that have no sample since `before`. Returns their numbers. */
  expire(from: number, to: number, before: number, newest: (number: number) => number): number[] {
    const old: IndexedSeries[] = this.#old
      .all(from - 1, to - 1, before - LAST_LAG_MS)
      .map((row) => ({ id: numberOf(row, 'id'), labels: textOf(row, 'labels') }))
      .filter(({ id }) => !(newest(id) >= before))
    if (old.length === 0) return []
    writing(this.#database, () => {
      for (const { id } of old) this.#delete.run(id)
      this.#index.remove(old)
    })
    for (const { id, labels } of old) {
      // Without a use, no caller knows the number.
      if (this.#uses[id] === undefined) continue
      this.#deleted.set(id, labels)
      this.#deletedNumbers.set(labels, id)
    }
    return old.map(({ id }) => id)
  }

  #use(number: number, job: string, stored: number): void {
    this.#uses[number] = { job, stored, seen: NaN, idle: 0 }
    this.#inUse.set(job, (this.#inUse.get(job) ?? 0) + 1)
  }
}
