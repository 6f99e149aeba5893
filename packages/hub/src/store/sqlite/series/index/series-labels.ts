import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { LabelSet } from '@sightline/promql'

import type { Labels } from '../../../samples.ts'
import { numberOf, textOf } from '../rows.ts'
import { labelsOf } from './label-text.ts'

/** How much later than stored the newest sample of a series may be, in milliseconds: the writer updates it now and then. */
export const LAST_LAG_MS = 3_600_000

/** Number of series whose labels the cache holds. */
const REMEMBERED = 50_000

/** The labels of a series, as they are and as queries need them. */
export interface KnownLabels {
  readonly labels: Labels
  readonly set: LabelSet
}

/** Reads what is known of series by their numbers. */
export class SeriesLabels {
  readonly #row: StatementSync
  readonly #times: StatementSync
  readonly #remembered = new Map<number, KnownLabels>()
  /** Each value once: neighbours have the same ones, and equal texts in one place are compared at once. */
  readonly #values = new Map<string, string>()

  constructor(database: DatabaseSync) {
    this.#row = database.prepare('SELECT labels FROM series WHERE id = ?')
    this.#times = database.prepare('SELECT first, last FROM series WHERE id = ?')
  }

  /** The labels of a series. */
  of(series: number): Labels {
    return this.known(series).labels
  }

  /** The labels of a series, which never change. */
  known(series: number): KnownLabels {
    const remembered = this.#remembered.get(series)
    if (remembered !== undefined) return remembered
    const row = this.#row.get(series)
    const labels = row === undefined ? {} : this.#shared(labelsOf(textOf(row, 'labels')))
    const known = { labels, set: LabelSet.of(labels) }
    if (this.#remembered.size >= REMEMBERED) {
      this.#remembered.clear()
      this.#values.clear()
    }
    this.#remembered.set(series, known)
    return known
  }

  #shared(labels: Labels): Labels {
    return Object.freeze(
      Object.fromEntries(
        Object.entries(labels).map(([name, value]) => {
          const shared = this.#values.get(value)
          if (shared === undefined) this.#values.set(value, value)
          return [name, shared ?? value]
        }),
      ),
    )
  }

  /** Whether a series has samples from `start` to `end`, or at most `LAST_LAG_MS` before. */
  isWithin(series: number, start: number, end: number): boolean {
    const row = this.#times.get(series)
    return row !== undefined && numberOf(row, 'first') <= end && numberOf(row, 'last') + LAST_LAG_MS >= start
  }
}
