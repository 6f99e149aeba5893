import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { bytesOf, numberOf, textOf } from '../rows.ts'
import { SeriesSet } from './series-set.ts'

const PAGES_OF_LABEL = 65_536

/** The key of a page of a label's series. The pages of a label are neighbours. */
export function postingKey(label: number, page: number): number {
  return label * PAGES_OF_LABEL + page
}

/** Reads the inverted index of labels. */
export class Postings {
  readonly #find: StatementSync
  readonly #values: StatementSync
  readonly #names: StatementSync
  readonly #pages: StatementSync

  constructor(database: DatabaseSync) {
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

  /** Names of labels, in no order. */
  names(): string[] {
    return this.#names.all().map((row) => textOf(row, 'name'))
  }

  /** The values that a label has, each with its number, in no order. */
  values(name: string): Array<{ readonly label: number; readonly value: string }> {
    return this.#values.all(name).map((row) => ({ label: numberOf(row, 'id'), value: textOf(row, 'value') }))
  }

  /** The series that have a label with this value. */
  series(name: string, value: string): SeriesSet {
    const set = new SeriesSet()
    const found = this.#find.get(name, value)
    if (found !== undefined) this.addTo(set, numberOf(found, 'id'))
    return set
  }

  /** Adds the series of a label, by its number. */
  addTo(set: SeriesSet, label: number): void {
    for (const row of this.#pages.all(postingKey(label, 0), postingKey(label + 1, 0)))
      set.addPage(numberOf(row, 'id') % PAGES_OF_LABEL, bytesOf(row, 'bits'))
  }

  /** Whether one of the series has the label of this number. */
  isAmong(set: SeriesSet, label: number): boolean {
    const of = new SeriesSet()
    this.addTo(of, label)
    of.keep(set)
    return !of.isEmpty
  }
}
