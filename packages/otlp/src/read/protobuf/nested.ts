import { ANY_VALUE, ITEMS, KEY_VALUE } from '../../fields.ts'
import type { AttributeValue } from '../columns.ts'
import { MAX_DEPTH } from '../limits.ts'
import { OtlpError } from '../reader.ts'
import { textEnd } from '../text.ts'
import { type Cursor, DELIMITED, FIXED64, tagOf, VARINT } from './cursor.ts'
import { integerOf } from './integers.ts'
import { addPart, merged } from './merging.ts'

export const STRING = tagOf(ANY_VALUE.string, DELIMITED)
export const BOOL = tagOf(ANY_VALUE.bool, VARINT)
export const INT = tagOf(ANY_VALUE.int, VARINT)
export const DOUBLE = tagOf(ANY_VALUE.double, FIXED64)
export const ARRAY = tagOf(ANY_VALUE.array, DELIMITED)
export const KVLIST = tagOf(ANY_VALUE.kvlist, DELIMITED)
export const BYTES = tagOf(ANY_VALUE.bytes, DELIMITED)
export const KEY = tagOf(KEY_VALUE.key, DELIMITED)
export const VALUE_OF_KEY = tagOf(KEY_VALUE.value, DELIMITED)
const ITEM = tagOf(ITEMS, DELIMITED)

/** How much of one value is read. */
export interface Budget {
  /** Most bytes of a text. */
  readonly limit: number
  /** Bytes of texts and number of values that may still be read. Negative if something was left out or shortened. */
  left: number
}

/** Reads an `AnyValue` that ends at `stop`. */
function plainValue(cursor: Cursor, stop: number, budget: Budget, depth = 0): AttributeValue {
  if (depth > MAX_DEPTH)
    throw new OtlpError(`The body has values that are nested deeper than ${MAX_DEPTH} levels.`)
  budget.left--
  let value: AttributeValue = null
  let list = 0
  let parts: number[] = []
  while (cursor.at < stop) {
    const tag = cursor.tag()
    if (tag === ARRAY || tag === KVLIST) {
      const end = cursor.delimited(stop)
      if (list !== tag) parts = []
      list = tag
      addPart(parts, cursor.at, end)
      cursor.at = end
      continue
    }
    const scalar = scalarOf(cursor, tag, stop, budget)
    if (scalar === undefined) continue
    value = scalar
    list = 0
  }
  cursor.end(stop)
  if (list === 0) return value
  const items = listOf(cursor, list, parts, budget, depth)
  cursor.at = stop
  return items
}

/**
 * Reads the content of an `ArrayValue` or a `KeyValueList`.
 *
 * @param list {@link ARRAY} or {@link KVLIST}
 * @param parts start and end of each part of the message. Usually there is one.
 */
export function listOf(
  cursor: Cursor,
  list: number,
  parts: readonly number[],
  budget: Budget,
  depth = 0,
): AttributeValue {
  const source = open(cursor, parts)
  const end = parts.length === 2 ? (parts[1] ?? 0) : source.bytes.length
  return list === ARRAY ? arrayOf(source, end, budget, depth) : objectOf(source, end, budget, depth)
}

/** A field of an `AnyValue` that is not a list. `undefined` for an unknown field, which is skipped. */
function scalarOf(cursor: Cursor, tag: number, stop: number, budget: Budget): AttributeValue | undefined {
  switch (tag) {
    case STRING:
      return textOf(cursor, cursor.delimited(stop), budget)
    case BOOL: {
      const low = cursor.varint()
      return (low | cursor.high) !== 0
    }
    case INT:
      return integerOf(cursor.varint(), cursor.high)
    case DOUBLE:
      return cursor.double()
    case BYTES: {
      const end = cursor.delimited(stop)
      const bytes = Uint8Array.from(cursor.bytes.subarray(cursor.at, Math.min(end, cursor.at + budget.limit)))
      spend(budget, bytes.length, end - cursor.at)
      cursor.at = end
      return bytes
    }
    default:
      cursor.skip(tag, stop)
      return undefined
  }
}

/** Reads the text up to `end`. */
function textOf(cursor: Cursor, end: number, budget: Budget): string {
  const { at, bytes } = cursor
  const kept = end - at > budget.limit ? textEnd(bytes, at, at + budget.limit) : end
  cursor.at = end
  spend(budget, kept - at, end - at)
  return bytes.toString('utf8', at, kept)
}

function spend(budget: Budget, kept: number, size: number): void {
  budget.left = kept < size ? -1 : budget.left - kept
}

/** Reads an `ArrayValue`. */
function arrayOf(cursor: Cursor, stop: number, budget: Budget, depth: number): AttributeValue[] {
  const items: AttributeValue[] = []
  while (cursor.at < stop && budget.left >= 0) {
    const tag = cursor.tag()
    if (tag === ITEM) items.push(plainValue(cursor, cursor.delimited(stop), budget, depth + 1))
    else cursor.skip(tag, stop)
  }
  if (budget.left >= 0) cursor.end(stop)
  return items
}

/** Reads a `KeyValueList`. */
function objectOf(cursor: Cursor, stop: number, budget: Budget, depth: number): AttributeValue {
  const entries: (readonly [string, AttributeValue])[] = []
  while (cursor.at < stop && budget.left >= 0) {
    const tag = cursor.tag()
    if (tag === ITEM) entries.push(plainEntry(cursor, cursor.delimited(stop), budget, depth + 1))
    else cursor.skip(tag, stop)
  }
  if (budget.left >= 0) cursor.end(stop)
  return Object.fromEntries(entries)
}

/** Reads a `KeyValue` that ends at `stop`. */
export function plainEntry(
  cursor: Cursor,
  stop: number,
  budget: Budget,
  depth = 0,
): readonly [string, AttributeValue] {
  let key = ''
  const parts: number[] = []
  while (cursor.at < stop) {
    const tag = cursor.tag()
    if (tag === KEY) key = textOf(cursor, cursor.delimited(stop), budget)
    else if (tag === VALUE_OF_KEY) {
      const end = cursor.delimited(stop)
      addPart(parts, cursor.at, end)
      cursor.at = end
    } else cursor.skip(tag, stop)
  }
  cursor.end(stop)
  if (parts.length === 0) return [key, null]
  const source = open(cursor, parts)
  const value = plainValue(source, parts.length === 2 ? (parts[1] ?? 0) : source.bytes.length, budget, depth)
  cursor.at = stop
  return [key, value]
}

/** A cursor at the start of a message that the body has in one or more parts. */
function open(cursor: Cursor, parts: readonly number[]): Cursor {
  if (parts.length > 2) return merged(cursor, parts)
  cursor.at = parts[0] ?? 0
  return cursor
}
