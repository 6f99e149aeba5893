import { type AttributeValue, VALUE } from '../columns.ts'
import type { Interned } from '../interned.ts'
import { base64, jsonText } from '../plain.ts'
import { cut } from '../text.ts'

/** A place for one value: an entry of attributes, or the body of a log record. */
export interface Place {
  readonly types: Uint8Array
  readonly numbers: Float64Array
  readonly at: number
}

/** Writes the values that are not plain numbers or texts into columns. */
export class Cells {
  readonly #interned: Interned

  constructor(interned: Interned) {
    this.#interned = interned
  }

  integer({ types, numbers, at }: Place, value: number | bigint): void {
    const isNumber = typeof value === 'number'
    types[at] = isNumber ? VALUE.int : VALUE.bigint
    numbers[at] = isNumber ? value : this.#interned.strings.of(String(value))
  }

  bytes({ types, numbers, at }: Place, value: Uint8Array, limit: number): void {
    const { strings, tally } = this.#interned
    if (value.length > limit) tally.shorten(limit)
    types[at] = VALUE.bytes
    numbers[at] = strings.of(base64(value.subarray(0, limit)), Infinity)
  }

  /**
   * Writes an array or an object as JSON. A text that is too long is cut. It is no JSON then, so its type is that of a text.
   *
   * @param isWhole whether the value is complete
   */
  list({ types, numbers, at }: Place, value: AttributeValue, limit: number, isWhole: boolean): void {
    const { strings, tally } = this.#interned
    const text = jsonText(value)
    const kept = cut(text, limit)
    const isCut = kept.length < text.length
    if (isCut || !isWhole) tally.shorten(limit)
    types[at] = isCut ? VALUE.string : VALUE.json
    numbers[at] = strings.of(kept, Infinity)
  }
}
