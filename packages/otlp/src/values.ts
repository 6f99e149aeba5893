/** The values of attributes and log bodies: https://opentelemetry.io/docs/specs/otel/common/#anyvalue */
import { ANY_VALUE, ITEMS, KEY_VALUE } from './fields.ts'
import type { Field, Writer } from './writer.ts'

/**
 * Attributes by key: strings, numbers, booleans, bigints, bytes, `null`, and lists and objects of these.
 * `undefined` values are left out. Other values are written as the name of their type.
 */
export type Attributes = Readonly<Record<string, unknown>>

/** Writes values within the limits of an encoder. */
export interface Values {
  /** Writes one item of an attribute list. */
  attribute(list: Field, key: string, value: unknown): void
  /** Writes a whole attribute list. Writes nothing if it is empty. */
  attributes(list: Field, attributes: Attributes | undefined): void
  /** Writes a field with a value. */
  value(of: Field, value: unknown): void
  /** Cuts a text to the limit. */
  limited(text: string): string
}

/** Default limit for the characters of a text in an attribute, the same as in a log line. */
export const VALUE_LIMIT = 8_192

/**
 * Most readers reject messages nested deeper than 100 levels. One level of values takes three levels of
 * messages.
 */
const MAX_DEPTH = 16
/** Maximum number of nested values in one value. */
const MAX_NODES = 1_000
const TRUNCATED = '[truncated]'
const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n

/** Creates the writer of values. A text longer than `limit` characters is cut. */
export function valuesOf(writer: Writer, limit: number): Values {
  let nodes = 0

  function limited(text: string): string {
    if (text.length <= limit) return text
    // The cut must not split a surrogate pair.
    const half = text.charCodeAt(limit - 1) >>> 10 === 0x36
    return text.slice(0, half ? limit - 1 : limit)
  }

  function attribute(list: Field, key: string, value: unknown): void {
    if (value === undefined) return
    nodes = MAX_NODES
    pair(list, key, value, 0)
  }

  function pair(list: Field, key: string, value: unknown, depth: number): void {
    if (typeof value === 'string') return writer.textAttribute(list, key, limited(value))
    if (isInteger(value)) return writer.longAttribute(list, key, value)
    writer.openItem(list)
    writer.text(KEY_VALUE.key, key)
    writer.open(KEY_VALUE.value)
    content(value, depth)
    writer.close()
    writer.close()
  }

  function content(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        return writer.text(ANY_VALUE.string, limited(value))
      case 'boolean':
        return writer.bool(ANY_VALUE.bool, value)
      case 'number':
        return isInteger(value) ? writer.long(ANY_VALUE.int, value) : writer.double(ANY_VALUE.double, value)
      case 'bigint':
        return value >= MIN_INT64 && value <= MAX_INT64
          ? writer.long(ANY_VALUE.int, value)
          : writer.text(ANY_VALUE.string, String(value))
      case 'object':
        return value === null ? undefined : nested(value, depth)
      case 'undefined':
        return
      default:
        return writer.text(ANY_VALUE.string, `[${typeof value}]`)
    }
  }

  function nested(value: object, depth: number): void {
    if (value instanceof Uint8Array) return writer.bytes(ANY_VALUE.bytes, value.subarray(0, limit))
    if (depth >= MAX_DEPTH) return writer.text(ANY_VALUE.string, TRUNCATED)
    if (Array.isArray(value)) return array(value, depth)
    writer.open(ANY_VALUE.kvlist)
    writer.openList(ITEMS)
    for (const key of Object.keys(value)) {
      const held: unknown = (value as Record<string, unknown>)[key]
      if (held === undefined) continue
      if (--nodes < 0) {
        writer.textAttribute(ITEMS, '…', TRUNCATED)
        break
      }
      pair(ITEMS, key, held, depth + 1)
    }
    writer.closeList()
    writer.close()
  }

  function array(items: readonly unknown[], depth: number): void {
    writer.open(ANY_VALUE.array)
    writer.openList(ITEMS)
    for (const item of items) {
      writer.openItem(ITEMS)
      const full = --nodes < 0
      content(full ? TRUNCATED : item, depth + 1)
      writer.close()
      if (full) break
    }
    writer.closeList()
    writer.close()
  }

  return {
    attribute,
    attributes(list, attributes) {
      if (attributes === undefined) return
      const keys = Object.keys(attributes)
      if (keys.length === 0) return
      writer.openList(list)
      for (const key of keys) attribute(list, key, attributes[key])
      writer.closeList()
    },
    value(of, value) {
      nodes = MAX_NODES
      writer.open(of)
      content(value, 0)
      writer.close()
    },
    limited,
  }
}

/** -0 is not treated as an integer: it would lose its sign. */
function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}
