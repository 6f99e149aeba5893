import type { StoredAttributes, StoredValue } from '../../store/events.ts'

/** A value of JSON. */
export type Json = boolean | number | string | null | readonly Json[] | { readonly [key: string]: Json }

/** A stored value as JSON: integers beyond 2^53 as texts of digits, bytes as base64, infinite numbers as texts. */
export function jsonValue(value: StoredValue): Json {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return base64(value)
  if (isList(value)) return value.map(jsonValue)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, jsonValue(each)]))
}

/** Attributes as JSON. */
export function jsonAttributes(attributes: StoredAttributes): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, jsonValue(value)]))
}

/** `Array.isArray` does not narrow a read-only list. */
export function isList(value: StoredValue): value is readonly StoredValue[] {
  return Array.isArray(value)
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** The text of an attribute. Empty where it is missing or no text. */
export function textOf(attributes: StoredAttributes, key: string): string {
  const value = attributes[key]
  return typeof value === 'string' ? value : ''
}
