import type { AttributeValue } from './columns.ts'

/** A key and its value. */
export type Entry = readonly [string, AttributeValue]

/**
 * The JSON text of a value. Integers have all of their digits, bytes are base64, and numbers without a form in JSON are texts:
 * https://protobuf.dev/programming-guides/json/
 */
export function jsonText(value: AttributeValue): string {
  return textOf(value, false)
}

/**
 * A text that is the same for attributes with the same keys and values, whatever their order, and differs for all others. Texts have
 * their length in front, since quoting them takes longer.
 */
export function keyOf(entries: readonly Entry[]): string {
  let key = ''
  for (const [name, value] of isSorted(entries) ? entries : entries.toSorted(byName)) {
    const text = typeof value === 'string' ? `s${value.length} ${value}` : textOf(value, true)
    key += `${name.length} ${name}${text}`
  }
  return key
}

function isSorted(entries: readonly Entry[]): boolean {
  let last = ''
  for (const [name] of entries) {
    if (name < last) return false
    last = name
  }
  return true
}

function byName([a]: Entry, [b]: Entry): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function textOf(value: AttributeValue, canonical: boolean): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return numberText(value)
    case 'bigint':
      return canonical ? `${value}n` : String(value)
    case 'boolean':
      return String(value)
    default:
      return value === null ? 'null' : objectText(value, canonical)
  }
}

function objectText(
  value: Exclude<AttributeValue, string | number | bigint | boolean | null>,
  canonical: boolean,
): string {
  if (value instanceof Uint8Array) {
    const text = JSON.stringify(base64(value))
    return canonical ? `b${text}` : text
  }
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item, canonical)).join()}]`
  const entries = Object.entries(value)
  if (canonical) entries.sort(byName)
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${textOf(held, canonical)}`).join()}}`
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return `"${value}"`
}

/** The base64 text of bytes. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
