import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { Labels } from '../../../samples.ts'
import { numberOf, textOf } from '../rows.ts'
import { labelsOf } from './label-text.ts'

/** How much later than stored the newest sample of a series may be, in milliseconds: the writer updates it now and then. */
export const LAST_LAG_MS = 3_600_000

/** Number of series whose labels the cache holds. */
const REMEMBERED = 50_000

/** Reads what is known of series by their numbers. */
export class SeriesLabels {
  readonly #row: StatementSync
  readonly #times: StatementSync
  readonly #remembered = new Map<number, Labels>()

  constructor(database: DatabaseSync) {
    this.#row = database.prepare('SELECT labels FROM series WHERE id = ?')
    this.#times = database.prepare('SELECT first, last FROM series WHERE id = ?')
  }

  /** The labels of a series, which never change. */
  of(series: number): Labels {
    const known = this.#remembered.get(series)
    if (known !== undefined) return known
    const row = this.#row.get(series)
    const labels = row === undefined ? {} : Object.freeze(labelsOf(textOf(row, 'labels')))
    if (this.#remembered.size >= REMEMBERED) this.#remembered.clear()
    this.#remembered.set(series, labels)
    return labels
  }

  /** Whether a series has samples from `start` to `end`, or at most `LAST_LAG_MS` before. */
  isWithin(series: number, start: number, end: number): boolean {
    const row = this.#times.get(series)
    return row !== undefined && numberOf(row, 'first') <= end && numberOf(row, 'last') + LAST_LAG_MS >= start
  }
}
