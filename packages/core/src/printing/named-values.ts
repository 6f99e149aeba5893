/** Names that stand beside their values, not as keys: in a list of headers, or in a separate field. */
import { sensitiveHeaders } from 'node:http2'

import type { Secrets } from '../secrets/secrets.ts'

/** Maximum length of a name. */
const MAX_NAME = 64
/** Maximum number of items that are checked. */
const MAX_ITEMS = 100
/** Names of the field with the value, and of the field with the name. */
const VALUES = new Set(['value', 'values', 'args', 'Value', 'Values'])
const NAMES = ['name', 'key', 'header', 'field', 'Name', 'Key']

/** The form of a name in a list of names and values. */
const NAME = /^[\w!#$%&'*+.^`|~:[\]-]+$/

/**
 * Whether the item before it makes a list item secret: the name of a header (`X-Api-Key`) or flag
 * (`--password`) anywhere, and any name in a list of alternating names and values, like `rawHeaders` or
 * `[name, value]`.
 */
export function isNamedSecret(
  items: Iterable<unknown>,
  at: number,
  item: unknown,
  before: unknown,
  secrets: Secrets,
): boolean {
  if (typeof before !== 'string' || before.length > MAX_NAME || !NAME.test(before)) return false
  return secrets.hides(before, item) && namesNext(before, at - 1, items)
}

function namesNext(item: string, at: number, items: Iterable<unknown>): boolean {
  if (item.includes('-') || /^(?:authorization|cookie)$/i.test(item)) return true
  if (!Array.isArray(items) || items.length % 2 !== 0 || at % 2 !== 0) return false
  return items
    .slice(0, MAX_ITEMS)
    .every((each, i) => i % 2 !== 0 || (typeof each === 'string' && NAME.test(each)))
}

/**
 * The headers that an HTTP/2 sender has marked as sensitive:
 * https://nodejs.org/api/http2.html#sensitive-headers. `undefined` if none.
 */
export function sensitiveNames(value: object): ReadonlySet<string> | undefined {
  const names = (value as { readonly [sensitiveHeaders]?: unknown })[sensitiveHeaders]
  return Array.isArray(names) ? new Set(names.map(String)) : undefined
}

/** Whether the name in another field makes this field secret: `{ name: 'X-Api-Key', value: 'k' }`. */
export function isValueOfSecret(name: string, value: object, secrets: Secrets): boolean {
  if (!VALUES.has(name)) return false
  const fields = value as Readonly<Record<string, unknown>>
  return NAMES.some((each) => typeof fields[each] === 'string' && secrets.hides(fields[each], fields[name]))
}
