import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { bytesOf, numberOf } from '../rows.ts'
import { EVERY_SERIES, labelsOf } from './label-text.ts'
import { postingKey } from './postings.ts'
import { SeriesSet } from './series-set.ts'

/** A series and its labels as text. */
export interface IndexedSeries {
  readonly id: number
  readonly labels: string
}

/** Keeps the inverted index of labels. Calls belong into a transaction. */
export class LabelWriter {
  readonly #find: StatementSync
  readonly #addLabel: StatementSync
  readonly #removeLabel: StatementSync
  readonly #page: StatementSync
  readonly #anyPage: StatementSync
  readonly #setPage: StatementSync
  readonly #removePage: StatementSync

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id FROM label WHERE name = ? AND value = ?')
    this.#addLabel = database.prepare('INSERT INTO label (name, value) VALUES (?, ?)')
    this.#removeLabel = database.prepare('DELETE FROM label WHERE id = ?')
    this.#page = database.prepare('SELECT bits FROM posting WHERE id = ?')
    this.#anyPage = database.prepare('SELECT id FROM posting WHERE id >= ? AND id < ? LIMIT 1')
    this.#setPage = database.prepare('INSERT OR REPLACE INTO posting (id, bits) VALUES (?, ?)')
    this.#removePage = database.prepare('DELETE FROM posting WHERE id = ?')
  }

  add(series: Iterable<IndexedSeries>): void {
    for (const [name, value, set] of byLabel(series)) {
      const known = this.#find.get(name, value)
      const label =
        known === undefined ? Number(this.#addLabel.run(name, value).lastInsertRowid) : numberOf(known, 'id')
      for (const [page] of set.pages()) {
        const key = postingKey(label, page)
        const stored = this.#page.get(key)
        if (stored !== undefined) set.addPage(page, bytesOf(stored, 'bits'))
      }
      for (const [page, bits] of set.pages()) this.#setPage.run(postingKey(label, page), bits)
    }
  }

  /** Removes series, and the labels that no other series has. */
  remove(series: Iterable<IndexedSeries>): void {
    for (const [name, value, set] of byLabel(series)) {
      const known = this.#find.get(name, value)
      if (known === undefined) continue
      const label = numberOf(known, 'id')
      for (const [page] of set.pages()) {
        const key = postingKey(label, page)
        const stored = new SeriesSet()
        stored.addPage(page, bytesOf(this.#page.get(key), 'bits').slice())
        stored.remove(set)
        if (stored.isEmpty) this.#removePage.run(key)
        else for (const [, bits] of stored.pages()) this.#setPage.run(key, bits)
      }
      if (this.#anyPage.get(postingKey(label, 0), postingKey(label + 1, 0)) === undefined)
        this.#removeLabel.run(label)
    }
  }
}

/** The series of each label, so that each page of the index is written once. */
function byLabel(series: Iterable<IndexedSeries>): Array<[name: string, value: string, set: SeriesSet]> {
  const names = new Map<string, Map<string, SeriesSet>>()
  const add = (name: string, value: string, id: number): void => {
    let values = names.get(name)
    if (values === undefined) names.set(name, (values = new Map<string, SeriesSet>()))
    let set = values.get(value)
    if (set === undefined) values.set(value, (set = new SeriesSet()))
    set.add(id)
  }
  for (const { id, labels } of series) {
    add(...EVERY_SERIES, id)
    for (const [name, value] of Object.entries(labelsOf(labels))) add(name, value, id)
  }
  return [...names].flatMap(([name, values]) =>
    [...values].map(([value, set]): [string, string, SeriesSet] => [name, value, set]),
  )
}
