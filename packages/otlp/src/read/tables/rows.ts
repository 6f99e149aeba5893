import type { Columns, ReadResource, ReadScope } from '../columns.ts'
import type { Interned } from '../interned.ts'

const FIRST = 256

/** The columns that all signals have, and the rows of a call. */
export abstract class Rows implements Columns {
  /** Number of rows. The next one is written at this index. */
  rows = 0
  strings: readonly string[] = []
  resources: readonly ReadResource[] = []
  scopes: readonly ReadScope[] = []
  rejected = 0
  reason = ''
  protected readonly interned: Interned
  readonly #tooMany: string
  #capacity = 0

  constructor(interned: Interned) {
    this.interned = interned
    this.#tooMany = `the request has more than ${interned.limits.items} items`
  }

  /** Begins a call. */
  begin(): void {
    const { strings, origins, tally } = this.interned
    this.rows = 0
    this.rejected = 0
    this.reason = ''
    tally.begin()
    this.strings = strings.begin()
    this.resources = origins.resources.begin()
    this.scopes = origins.scopes.begin()
    this.reset()
  }

  /** Makes room for a row with empty fields. `false` if the request has too many items: this one is rejected. */
  protected room(): boolean {
    const { limits, tally } = this.interned
    if (this.rows >= limits.items) {
      tally.reject(this.#tooMany)
      return false
    }
    if (this.rows === this.#capacity) {
      this.#capacity = Math.max(FIRST, 2 * this.#capacity)
      this.grow(this.#capacity)
    }
    this.clear(this.rows)
    return true
  }

  /** Ends a call. */
  end(): this {
    const { tally } = this.interned
    this.rejected = tally.rejected
    this.reason = tally.reason
    return this
  }

  /** Forgets the parts of all rows. */
  protected abstract reset(): void
  protected abstract grow(length: number): void
  /** Empties the fields of a row. */
  protected abstract clear(row: number): void
}
