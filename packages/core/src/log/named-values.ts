/** Names that are no keys, but stand beside their values: in a list of headers, or in a field of their own. */
import { sensitiveHeaders } from 'node:http2'

import type { Secrets } from './secrets.ts'

/** Longer texts are no names. */
const MAX_NAME = 64
/** Items that are looked at. */
const MAX_ITEMS = 100
/** What a field of a value is called, and what the field of its name is called. */
const VALUES = new Set(['value', 'values', 'args', 'Value', 'Values'])
const NAMES = ['name', 'key', 'header', 'field', 'Name', 'Key']

/** A name as it stands in a list of names and values. */
const NAME = /^[\w!#$%&'*+.^`|~:[\]-]+$/

/**
 * Whether an item of a list is secret by the one before it: by the name of a header (`X-Api-Key`) or a flag (`--password`)
 * anywhere, and by any name where names and values take turns, as in `rawHeaders` and in `[name, value]`.
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

/** The names of an HTTP/2 head that its sender has marked: https://nodejs.org/api/http2.html#sensitive-headers. `undefined`: none. */
export function sensitiveNames(value: object): ReadonlySet<string> | undefined {
  const names = (value as { readonly [sensitiveHeaders]?: unknown })[sensitiveHeaders]
  return Array.isArray(names) ? new Set(names.map(String)) : undefined
}

/** Whether a field is secret by what another one says: `{ name: 'X-Api-Key', value: 'k' }`. */
export function isValueOfSecret(name: string, value: object, secrets: Secrets): boolean {
  if (!VALUES.has(name)) return false
  const fields = value as Readonly<Record<string, unknown>>
  return NAMES.some((each) => typeof fields[each] === 'string' && secrets.hides(fields[each], fields[name]))
}
