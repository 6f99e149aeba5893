import { VALUE } from '../columns.ts'
import type { Interned } from '../interned.ts'
import type { Attributes } from '../tables/attributes.ts'
import { Cells } from '../tables/cells.ts'
import type { Cursor } from './cursor.ts'
import { integerOf } from './integers.ts'
import { addPart, merged } from './merging.ts'
import { ARRAY, BOOL, BYTES, DOUBLE, INT, KEY, KVLIST, listOf, STRING, VALUE_OF_KEY } from './nested.ts'

/** Saves an empty list for each value that is no list. It is never written to. */
const NO_PARTS: number[] = []

/** Reads attributes and values into columns. */
export class ColumnValues {
  readonly #interned: Interned
  readonly #cells: Cells

  constructor(interned: Interned) {
    this.#interned = interned
    this.#cells = new Cells(interned)
  }

  /** Reads a `KeyValue` that ends at `stop` as the next attribute of a row. */
  attribute(cursor: Cursor, stop: number, attributes: Attributes): void {
    if (!attributes.room()) {
      cursor.at = stop
      return
    }
    const { strings, limits } = this.#interned
    const index = attributes.size++
    let key = 0
    let from = 0
    let to = 0
    let parts: number[] | undefined
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === KEY) {
        const end = cursor.delimited(stop)
        key = strings.at(cursor, cursor.at, end)
        cursor.at = end
      } else if (tag === VALUE_OF_KEY) {
        const end = cursor.delimited(stop)
        if (to > 0) addPart((parts ??= [from, to]), cursor.at, end)
        from = cursor.at
        cursor.at = to = end
      } else cursor.skip(tag, stop)
    }
    cursor.end(stop)
    attributes.keys[index] = key
    const { types, numbers } = attributes
    const { valueBytes } = limits
    if (parts === undefined) {
      cursor.at = from
      this.value(cursor, to, valueBytes, types, numbers, index)
    } else {
      const whole = merged(cursor, parts)
      this.value(whole, whole.bytes.length, valueBytes, types, numbers, index)
    }
    cursor.at = stop
  }

  /** Reads an `AnyValue` that ends at `stop` into the columns at index `at`. */
  value(
    cursor: Cursor,
    stop: number,
    limit: number,
    types: Uint8Array,
    numbers: Float64Array,
    at: number,
  ): void {
    let list = 0
    let parts: number[] = NO_PARTS
    types[at] = VALUE.empty
    numbers[at] = 0
    while (cursor.at < stop) {
      const tag = cursor.tag()
      switch (tag) {
        case STRING: {
          const end = cursor.delimited(stop)
          types[at] = VALUE.string
          numbers[at] = this.#interned.strings.at(cursor, cursor.at, end, limit)
          cursor.at = end
          break
        }
        case INT: {
          const low = cursor.varint()
          if (cursor.high === 0) {
            types[at] = VALUE.int
            numbers[at] = low
          } else this.#cells.integer({ types, numbers, at }, integerOf(low, cursor.high))
          break
        }
        case DOUBLE:
          types[at] = VALUE.double
          numbers[at] = cursor.double()
          break
        case BOOL: {
          const low = cursor.varint()
          types[at] = VALUE.bool
          numbers[at] = (low | cursor.high) === 0 ? 0 : 1
          break
        }
        case BYTES: {
          const end = cursor.delimited(stop)
          this.#cells.bytes({ types, numbers, at }, cursor.bytes.subarray(cursor.at, end), limit)
          cursor.at = end
          break
        }
        case ARRAY:
        case KVLIST: {
          const end = cursor.delimited(stop)
          if (list !== tag) parts = []
          addPart(parts, cursor.at, end)
          cursor.at = end
          list = tag
          continue
        }
        default:
          cursor.skip(tag, stop)
          continue
      }
      list = 0
    }
    cursor.end(stop)
    if (list === 0) return
    const budget = { limit, left: limit }
    const value = listOf(cursor, list, parts, budget)
    this.#cells.list({ types, numbers, at }, value, limit, budget.left >= 0)
    cursor.at = stop
  }
}
