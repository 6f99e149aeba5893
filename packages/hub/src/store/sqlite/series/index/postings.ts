import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { bytesOf, numberOf, textOf } from '../rows.ts'
import { SeriesSet } from './series-set.ts'

const PAGES_OF_LABEL = 65_536

/** The key of a page of a label's series. The pages of a label are neighbours. */
export function postingKey(label: number, page: number): number {
  return label * PAGES_OF_LABEL + page
}

/** Number of labels whose series are remembered. */
const REMEMBERED = 1_000

/** Reads the inverted index of labels. What it has read is remembered until the file changes: a page asks a dozen queries at once. */
export class Postings {
  readonly #version: StatementSync
  readonly #find: StatementSync
  readonly #values: StatementSync
  readonly #names: StatementSync
  readonly #pages: StatementSync
  readonly #remembered = new Map<number | string, SeriesSet>()
  #current: number | undefined

  constructor(database: DatabaseSync) {
    this.#version = database.prepare('PRAGMA data_version')
    this.#find = database.prepare('SELECT id FROM label WHERE name = ? AND value = ?')
    this.#values = database.prepare('SELECT id, value FROM label WHERE name = ?')
    this.#names = database.prepare(
      // Skips from name to name in the index, however many values each has.
      `WITH RECURSIVE found (name) AS (
        SELECT min(name) FROM label
        UNION ALL SELECT (SELECT min(name) FROM label WHERE name > found.name) FROM found WHERE found.name IS NOT NULL
      ) SELECT name FROM found WHERE name <> ''`,
    )
    this.#pages = database.prepare('SELECT id, bits FROM posting WHERE id >= ? AND id < ?')
  }

  /** Forgets what has changed. Belongs to the start of each transaction. */
  refresh(): void {
    const version = numberOf(this.#version.get(), 'data_version')
    if (version === this.#current) return
    this.#current = version
    this.#remembered.clear()
  }

  /** Names of labels, in no order. */
  names(): string[] {
    return this.#names.all().map((row) => textOf(row, 'name'))
  }

  /** The values that a label has, each with its number, in no order. */
  values(name: string): Array<{ readonly label: number; readonly value: string }> {
    return this.#values.all(name).map((row) => ({ label: numberOf(row, 'id'), value: textOf(row, 'value') }))
  }

  /** The series that have a label with this value. The set must not be changed. */
  withLabel(name: string, value: string): SeriesSet {
    return this.#once(`${name}\u0000${value}`, () => {
      const found = this.#find.get(name, value)
      return found === undefined ? new SeriesSet() : this.#read(numberOf(found, 'id'))
    })
  }

  /** The series of a label, by its number. The set must not be changed. */
  seriesOf(label: number): SeriesSet {
    return this.#once(label, () => this.#read(label))
  }

  #once(key: number | string, read: () => SeriesSet): SeriesSet {
    let set = this.#remembered.get(key)
    if (set !== undefined) return set
    set = read()
    if (this.#remembered.size >= REMEMBERED) this.#remembered.clear()
    this.#remembered.set(key, set)
    return set
  }

  #read(label: number): SeriesSet {
    const set = new SeriesSet()
    for (const row of this.#pages.all(postingKey(label, 0), postingKey(label + 1, 0)))
      set.addPage(numberOf(row, 'id') % PAGES_OF_LABEL, bytesOf(row, 'bits'))
    return set
  }
}
