import type { AttributeColumns } from '../columns.ts'
import type { Tally } from '../tally.ts'
import { longerBytes, longerNumbers, longerWords } from './columns.ts'

const FIRST = 256

/** Attributes of rows, in columns that grow. */
export class Attributes implements AttributeColumns {
  offsets = new Uint32Array(1)
  keys = new Uint32Array(FIRST)
  types = new Uint8Array(FIRST)
  numbers = new Float64Array(FIRST)
  /** Number of entries. The next one is written at this index. */
  size = 0
  readonly #most: number
  readonly #tally: Tally
  /** Start of the row that has not ended. */
  #start = 0
  #leftOut = 0

  /** @param most most attributes of a row */
  constructor(most: number, tally: Tally) {
    this.#most = most
    this.#tally = tally
  }

  begin(): void {
    this.size = 0
    this.#start = 0
    this.#leftOut = 0
  }

  growRows(length: number): void {
    this.offsets = longerWords(this.offsets, length + 1)
  }

  /** Makes room for an entry at `size`. Returns `false` if the row is at its limit: the attribute is dropped. */
  room(): boolean {
    if (this.size - this.#start >= this.#most) {
      this.#leftOut++
      return false
    }
    if (this.size === this.keys.length) this.#grow()
    return true
  }

  /** Ends a row. Returns the number of attributes that were left out. */
  end(row: number): number {
    this.offsets[row + 1] = this.#start = this.size
    const leftOut = this.#leftOut
    if (leftOut > 0) this.#tally.leaveOut('attributes', leftOut)
    this.#leftOut = 0
    return leftOut
  }

  /** Forgets the attributes of a row that has not ended. */
  discard(): void {
    this.size = this.#start
    this.#leftOut = 0
  }

  /** Forgets the attributes of all rows from this one on. */
  discardFrom(row: number): void {
    this.size = this.#start = this.offsets[row] ?? 0
    this.#leftOut = 0
  }

  #grow(): void {
    const length = 2 * this.keys.length
    this.keys = longerWords(this.keys, length)
    this.types = longerBytes(this.types, length)
    this.numbers = longerNumbers(this.numbers, length)
  }
}

/** The number of dropped attributes with those that were left out here. */
export function sumOf(dropped: number, leftOut: number): number {
  return Math.min(dropped + leftOut, 0xffff_ffff)
}
