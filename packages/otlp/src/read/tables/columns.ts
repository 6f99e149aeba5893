import type { NumberLists, TimeColumn } from '../columns.ts'

/** Copies a column into a longer one. */
export function longerBytes(column: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(length)
  longer.set(column)
  return longer
}

export function longerWords(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length)
  longer.set(column)
  return longer
}

export function longerNumbers(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length)
  longer.set(column)
  return longer
}

/** A column of moments that grows. */
export class Times implements TimeColumn {
  ms = new Float64Array(0)
  ns = new Uint32Array(0)

  grow(length: number): void {
    this.ms = longerNumbers(this.ms, length)
    this.ns = longerWords(this.ns, length)
  }

  /** Stores nanoseconds that are given in halves of 32 bits. The result is exact. */
  put(row: number, low: number, high: number): void {
    // 2^32 is 4294 * 1e6 + 967296, and all of these sums are below 2^53.
    const rest = high * 967_296 + low
    const ms = Math.floor(rest / 1e6)
    this.ms[row] = high * 4_294 + ms
    this.ns[row] = rest - ms * 1e6
  }

  copy(row: number, from: Times): void {
    this.ms[row] = from.ms[row] ?? 0
    this.ns[row] = from.ns[row] ?? 0
  }

  clear(row: number): void {
    this.ms[row] = 0
    this.ns[row] = 0
  }
}

/** A column of ids that grows. */
export class Ids {
  bytes = new Uint8Array(0)
  /** Bytes of an id. */
  readonly size: number

  constructor(size: number) {
    this.size = size
  }

  grow(length: number): void {
    this.bytes = longerBytes(this.bytes, length * this.size)
  }

  /** Stores an id. Returns whether it is valid: of the right length and not zero. Otherwise the row has zeros. */
  put(row: number, from: Uint8Array, start: number, end: number): boolean {
    if (end - start !== this.size) {
      this.clear(row)
      return false
    }
    const { bytes } = this
    let at = row * this.size
    let seen = 0
    for (let index = start; index < end; index++) {
      const byte = from[index] ?? 0
      bytes[at++] = byte
      seen |= byte
    }
    return seen !== 0
  }

  clear(row: number): void {
    const from = row * this.size
    for (let at = from; at < from + this.size; at++) this.bytes[at] = 0
  }
}

/** Lists of numbers that grow. */
export class Lists implements NumberLists {
  offsets = new Uint32Array(1)
  numbers = new Float64Array(64)
  #size = 0

  /** Begins with row 0. */
  begin(): void {
    this.#size = 0
  }

  growRows(length: number): void {
    this.offsets = longerWords(this.offsets, length + 1)
  }

  push(value: number): void {
    if (this.#size === this.numbers.length) this.numbers = longerNumbers(this.numbers, 2 * this.#size)
    this.numbers[this.#size++] = value
  }

  /** Number of values of a row that has not ended. */
  sizeOf(row: number): number {
    return this.#size - (this.offsets[row] ?? 0)
  }

  /** Ends a row. */
  end(row: number): void {
    this.offsets[row + 1] = this.#size
  }

  /** Forgets the values of a row that has not ended. */
  discard(row: number): void {
    this.#size = this.offsets[row] ?? 0
  }
}
