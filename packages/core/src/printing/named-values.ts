/** Names that stand beside their values, not as keys: in a list of headers, or in a separate field. */
import { sensitiveHeaders } from 'node:http2'

import type { Secrets } from '@sightline/secrets'

/** Maximum length of a name. */
const MAX_NAME = 64
/** Maximum number of items that are checked. */
const MAX_ITEMS = 100
/** Fields that hold a name: in headers, in forms, and in reports of validators and audits. */
const NAMES = ['name', 'key', 'header', 'field', 'param', 'path', 'property', 'Name', 'Key']
/** Fields that hold a value, each with the fields that may hold its name. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ...['value', 'values', 'val', 'args', 'oldValue', 'newValue', 'Value', 'Values'].map(
    (value) => [value, NAMES] as const,
  ),
  ['input', ['path']],
  ['received', ['path']],
  ['data', ['instancePath']],
])

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
  const names = VALUES.get(name)
  if (names === undefined) return false
  const fields = value as Readonly<Record<string, unknown>>
  return names.some((each) => {
    const told = nameIn(fields[each])
    return told !== undefined && secrets.hides(told, fields[name])
  })
}

/** The name in a name, or the last one of a path: `password`, `['user', 'password']`, `/user/password`. */
function nameIn(told: unknown): string | undefined {
  const last: unknown = Array.isArray(told) ? told.at(-1) : told
  return typeof last === 'string' ? last.slice(last.lastIndexOf('/') + 1) : undefined
}
