import { VALUE, type AttributeColumns } from '@sightline/otlp'

import { DamageError } from '../../files/database.ts'
import { decodeNumbers, encodeNumbers, NumberColumn } from './numbers.ts'
import type { StringTable } from './strings.ts'

/** Whether `numbers` of an attribute holds the index of a string. */
export function isText(type: number): boolean {
  return type === VALUE.string || type >= VALUE.bigint
}

/**
 * The distinct attributes of a block while it is filled, each a key, a type and a value. Most attributes of a service repeat, so a
 * row is a list of small numbers, and a search tests each distinct attribute once.
 */
export class AttributeTable {
  keys = new Uint32Array(1024)
  types = new Uint8Array(1024)
  /** As `numbers` of the reader's columns, with indexes of the strings of the block. */
  numbers = new Float64Array(1024)
  size = 0
  /** Number of an attribute + 1, by hash. */
  #slots = new Int32Array(4096)
  readonly #double = new Float64Array(1)
  readonly #words = new Uint32Array(this.#double.buffer)

  /** The number of an attribute. */
  intern(key: number, type: number, value: number): number {
    this.#double[0] = value
    const low = this.#words[0] ?? 0
    const high = this.#words[1] ?? 0
    let hash = Math.imul(key, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35) ^ type
    hash ^= hash >>> 15
    let slot = hash & (this.#slots.length - 1)
    for (;;) {
      const number = (this.#slots[slot] ?? 0) - 1
      if (number < 0) break
      if (this.keys[number] === key && this.types[number] === type && Object.is(this.numbers[number], value))
        return number
      slot = (slot + 1) & (this.#slots.length - 1)
    }
    if (this.size * 2 >= this.#slots.length || this.size === this.keys.length) {
      this.#grow()
      return this.intern(key, type, value)
    }
    const number = this.size++
    this.keys[number] = key
    this.types[number] = type
    this.numbers[number] = value
    this.#slots[slot] = number + 1
    return number
  }

  /** Keys, types, and the values in one column for each way to store them. */
  encode(): Uint8Array[] {
    const keys = new NumberColumn()
    const types = new NumberColumn()
    const columns = { text: new NumberColumn(), int: new NumberColumn(), double: new NumberColumn() }
    for (let i = 0; i < this.size; i++) {
      const type = this.types[i] ?? 0
      keys.push(this.keys[i] ?? 0)
      types.push(type)
      columns[columnOf(type)].push(this.numbers[i] ?? 0)
    }
    return [keys, types, columns.text, columns.int, columns.double].map(encodeNumbers)
  }

  clear(): void {
    this.size = 0
    this.#slots.fill(0)
  }

  #grow(): void {
    const { keys, types, numbers, size } = this
    this.keys = new Uint32Array(size * 2)
    this.types = new Uint8Array(size * 2)
    this.numbers = new Float64Array(size * 2)
    this.#slots = new Int32Array(this.#slots.length * 2)
    this.size = 0
    for (let i = 0; i < size; i++) this.intern(keys[i] ?? 0, types[i] ?? 0, numbers[i] ?? 0)
  }
}

function columnOf(type: number): 'text' | 'int' | 'double' {
  if (type === VALUE.int) return 'int'
  return type === VALUE.double ? 'double' : 'text'
}

/** The distinct attributes of a stored block. */
export interface StoredAttributeTable {
  readonly size: number
  readonly keys: Float64Array
  readonly types: Float64Array
  /** Indexes of the strings of the block, or numbers. */
  readonly numbers: Float64Array
}

export const ATTRIBUTE_PARTS = 5

/** Reads what `AttributeTable.encode` made. */
export function decodeAttributes(parts: readonly Uint8Array[]): StoredAttributeTable {
  const [keys, types, text, int, double] = parts.map(decodeNumbers)
  if (!keys || !types || !text || !int || !double)
    throw new DamageError('The attributes of a block are incomplete')
  const numbers = new Float64Array(keys.length)
  const columns = { text, int, double }
  const next = { text: 0, int: 0, double: 0 }
  for (let i = 0; i < numbers.length; i++) {
    const column = columnOf(types[i] ?? 0)
    numbers[i] = columns[column][next[column]++] ?? 0
  }
  return { size: keys.length, keys, types, numbers }
}

/** Lists of attributes of rows: how many each row has, and their numbers in an {@link AttributeTable}. */
export class AttributeLists {
  readonly counts = new NumberColumn()
  readonly numbers = new NumberColumn()

  /** Adds the list of one row. */
  add(
    { offsets, keys, types, numbers }: AttributeColumns,
    row: number,
    strings: StringTable,
    table: AttributeTable,
  ): void {
    const from = offsets[row] ?? 0
    const to = offsets[row + 1] ?? from
    this.counts.push(to - from)
    for (let entry = from; entry < to; entry++) {
      const type = types[entry] ?? 0
      const value = numbers[entry] ?? 0
      this.numbers.push(
        table.intern(strings.of(keys[entry] ?? 0), type, isText(type) ? strings.of(value) : value),
      )
    }
  }

  encode(): Uint8Array[] {
    return [encodeNumbers(this.counts), encodeNumbers(this.numbers)]
  }

  clear(): void {
    this.counts.clear()
    this.numbers.clear()
  }
}

/** Lists of a stored block: row `n` has the entries from `offsets[n]` up to `offsets[n + 1]`. */
export interface StoredLists {
  readonly offsets: Uint32Array
  readonly numbers: Float64Array
}

export const LIST_PARTS = 2

/** Reads what `AttributeLists.encode` made. */
export function decodeLists([counts, numbers]: readonly Uint8Array[]): StoredLists {
  if (!counts || !numbers) throw new DamageError('The lists of a block are incomplete')
  return { offsets: offsetsOf(decodeNumbers(counts)), numbers: decodeNumbers(numbers) }
}

/** Where each list begins, from their lengths. */
export function offsetsOf(counts: Float64Array): Uint32Array {
  const offsets = new Uint32Array(counts.length + 1)
  for (let i = 0, sum = 0; i < counts.length; i++) {
    sum += counts[i] ?? 0
    offsets[i + 1] = sum
  }
  return offsets
}
