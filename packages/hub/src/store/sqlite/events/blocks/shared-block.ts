import { VALUE, type AttributeColumns } from '@sightline/otlp'

import type { StoredAttributes, StoredValue } from '../../../events.ts'
import { DamageError } from '../../files/database.ts'
import {
  ATTRIBUTE_PARTS,
  decodeAttributes,
  decodeLists,
  LIST_PARTS,
  type StoredAttributeTable,
  type StoredLists,
} from './attributes.ts'
import { decodeNumbers } from './numbers.ts'
import { define } from './origins.ts'
import { decodeSection, type Section } from './section.ts'
import { StoredStrings } from './strings.ts'

export type SectionName = 'times' | 'ids' | 'main' | 'more'

/** A stored block. Its sections are read when they are needed. */
export interface BlockSource {
  /** Number of the first row. The others follow without gaps. */
  readonly first: number
  readonly rows: number
  /** The compressed bytes of a section. */
  section(name: SectionName): Uint8Array
}

/** Takes the parts of a section one after the other. */
export class PartReader {
  readonly #parts: Section
  #next = 0

  constructor(source: BlockSource, name: SectionName) {
    this.#parts = decodeSection(source.section(name))
  }

  /** @throws {DamageError} where the section has ended, in a damaged file. */
  bytes(): Uint8Array {
    const part = this.#parts[this.#next++]
    if (!part) throw new DamageError('A section of a block is incomplete')
    return part
  }

  columns<Name extends string>(names: readonly Name[]): Readonly<Record<Name, Float64Array>> {
    // Each name has its column.
    return Object.fromEntries(names.map((name) => [name, decodeNumbers(this.bytes())])) as Record<
      Name,
      Float64Array
    >
  }

  lists(): StoredLists {
    return decodeLists(this.#take(LIST_PARTS))
  }

  strings(): StoredStrings {
    return new StoredStrings(this.bytes(), this.bytes())
  }

  attributes(): StoredAttributeTable {
    return decodeAttributes(this.#take(ATTRIBUTE_PARTS))
  }

  #take(count: number): Uint8Array[] {
    return Array.from({ length: count }, () => this.bytes())
  }
}

/** What the lists of attributes of a block refer to. */
export interface Tables {
  readonly strings: StoredStrings
  readonly attributes: StoredAttributeTable
}

/** The attributes of list `row`, as plain data. */
export function attributesOf(
  { strings, attributes }: Tables,
  { offsets, numbers }: StoredLists,
  row: number,
): StoredAttributes {
  const result: Record<string, StoredValue> = {}
  for (let i = offsets[row] ?? 0; i < (offsets[row + 1] ?? 0); i++) {
    const number = numbers[i] ?? 0
    const value = valueOf(strings, attributes.types[number] ?? 0, attributes.numbers[number] ?? 0)
    define(result, strings.at(attributes.keys[number] ?? 0), value)
  }
  return result
}

/** A value as plain data. `value` is as `numbers` of the reader's columns. */
export function valueOf(strings: StoredStrings, type: number, value: number): StoredValue {
  if (type === VALUE.string) return strings.at(value)
  if (type === VALUE.int || type === VALUE.double) return value
  if (type === VALUE.bool) return value !== 0
  if (type === VALUE.bigint) return BigInt(strings.at(value))
  // The text is JSON that the reader wrote, and JSON is a value.
  if (type === VALUE.json) return JSON.parse(strings.at(value)) as StoredValue
  if (type === VALUE.bytes) return new Uint8Array(Buffer.from(strings.at(value), 'base64'))
  return null
}

/** The lists as columns of the reader, for the same strings. */
export function attributeColumns(
  { attributes }: Tables,
  { offsets, numbers }: StoredLists,
): AttributeColumns {
  const keys = new Uint32Array(numbers.length)
  const types = new Uint8Array(numbers.length)
  const values = new Float64Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0
    keys[i] = attributes.keys[number] ?? 0
    types[i] = attributes.types[number] ?? 0
    values[i] = attributes.numbers[number] ?? 0
  }
  return { offsets, keys, types, numbers: values }
}

/** The bytes of the traces of all rows, 16 each. */
export function traceIdsOf(numbers: Float64Array, traces: Uint8Array): Uint8Array {
  const ids = new Uint8Array(numbers.length * 16)
  for (let row = 0; row < numbers.length; row++) {
    const from = (numbers[row] ?? 0) * 16
    ids.set(traces.subarray(from, from + 16), row * 16)
  }
  return ids
}

/** The sum of two columns: moments from differences. */
export function sumOf(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, i) => value + (right[i] ?? 0))
}

/** Distinct numbers of a column, and for each row its index among them. */
export function distinct(numbers: Float64Array): {
  readonly values: readonly number[]
  readonly index: Uint32Array
} {
  const known = new Map<number, number>()
  const index = new Uint32Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0
    const at = known.get(number) ?? known.size
    known.set(number, at)
    index[i] = at
  }
  return { values: [...known.keys()], index }
}

/** Nanoseconds since 1970. */
export function nanoseconds(ms: number | undefined, ns: number | undefined): bigint {
  return BigInt(ms ?? 0) * 1_000_000n + BigInt(ns ?? 0)
}

/** Makes a value at its first use. */
export function lazily<V>(make: () => V): () => V {
  let made: { readonly value: V } | undefined
  return () => (made ??= { value: make() }).value
}
