/** Names that are no keys, but stand beside their values: in a list of headers, or in a field of their own. */
import { sensitiveHeaders } from 'node:http2'

import type { Secrets } from './secrets.ts'

/** Longer texts are no names. */
const MAX_NAME = 64
/** Items that are looked at. */
const MAX_ITEMS = 100
/** What the fields of names are called: those of headers, of forms, and of what validators and audits report. */
const NAMES = ['name', 'key', 'header', 'field', 'param', 'path', 'property', 'Name', 'Key']
/** What the fields of values are called, and by which of a name. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ...['value', 'values', 'val', 'args', 'oldValue', 'newValue', 'Value', 'Values'].map(
    (value) => [value, NAMES] as const,
  ),
  ['input', ['path']],
  ['received', ['path']],
  ['data', ['instancePath']],
])

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
