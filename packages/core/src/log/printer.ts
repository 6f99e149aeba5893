import { IncomingMessage, ServerResponse } from 'node:http'
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { types } from 'node:util'

import type { Fields } from '../seam.ts'
import { CENSOR, type Secrets } from './secrets.ts'

/** The bounds of one value in one log line: whatever is handed over, a line stays below about 100 KB. */
const MAX_DEPTH = 8
const MAX_ITEMS = 100
const MAX_NODES = 1_000
const MAX_TEXT = 8_192
const MAX_CHARACTERS = 65_536

/** What is read beyond the cut of a text: longer than any secret that only its end tells from other texts. */
export const MARGIN = 1_024

/** Names that Sightline writes itself. A field of such a name gets an underscore behind it, so that no line is forged. */
const RESERVED = new Set(['time', 'level', 'msg', 'service', 'request_id', 'trace_id', 'span_id'])

/** Names of the access event besides: reserved in what is added to a request. */
const RESERVED_IN_REQUEST = new Set([
  ...RESERVED,
  'method',
  'path',
  'route',
  'status',
  'duration_ms',
  'outcome',
  'request_bytes',
  'response_bytes',
  'client_ip',
  'user_agent',
  'debug_lines_lost',
  'sample_weight',
  'err',
])

/** Printed fields under names that the access event does not use itself. */
export function besideEvent(fields: Fields): Fields {
  const names = Object.keys(fields)
  if (!names.some((name) => RESERVED_IN_REQUEST.has(name))) return fields
  return Object.fromEntries(
    names.map((name) => [RESERVED_IN_REQUEST.has(name) ? `${name}_` : name, fields[name]]),
  )
}

/** Turns anything into something that JSON can hold, without secrets, within bounds, and without changing the original. */
export interface Printer {
  /** A copy of a value: plain objects, arrays, texts, numbers, booleans and null. Never throws. */
  value(value: unknown): unknown
  /** A text with its secrets masked, cut where it is too long. */
  text(text: string): string
  /** The first so many characters of a text, masked; what stands behind them may tell what is a secret in them. */
  beginning(text: string, length: number): string
  /** Copies fields for a log line. */
  fields(fields: object): Fields
  /** Copies fields into those of a request or job, under names that its access event does not use itself. */
  addTo(target: Fields, fields: Fields): void
}

/** How much more may be printed of one value. */
interface Budget {
  nodes: number
  characters: number
  readonly open: Set<object>
}

/** Makes the printer of one Sightline. */
export function createPrinter(secrets: Secrets): Printer {
  function text(full: string, limit = MAX_TEXT): string {
    if (full.length <= limit) return secrets.mask(full)
    return `${beginning(full, limit)}… (${full.length - limit} more characters)`
  }

  /** Masked before it is cut, or the cut could take away what tells a secret; what is far beyond the cut does not matter. */
  function beginning(full: string, length: number): string {
    const read = full.slice(0, length + MARGIN)
    const masked = secrets.mask(read)
    // Where masks are shorter than their secrets, what was read beyond the cut has come before it.
    const beyond = sameEnd(masked, read, read.length - length)
    return masked.slice(0, Math.min(length, masked.length - beyond))
  }

  function printed(value: unknown, depth: number, budget: Budget): unknown {
    switch (typeof value) {
      case 'string': {
        const shown = text(value, Math.min(MAX_TEXT, Math.max(0, budget.characters)))
        budget.characters -= shown.length
        return shown
      }
      case 'number':
        return Number.isFinite(value) ? value : String(value)
      case 'bigint':
      case 'symbol':
        return String(value)
      case 'function':
        return `[function ${nameOf(value)}]`
      case 'object':
        return value === null ? null : printedObject(value, depth, budget)
      default:
        return value
    }
  }

  function printedObject(value: object, depth: number, budget: Budget): unknown {
    if (budget.open.has(value)) return '[circular]'
    if (depth >= MAX_DEPTH || --budget.nodes < 0) return '[truncated]'
    budget.open.add(value)
    try {
      return printedKind(value, depth, budget)
    } catch (error) {
      return `[unreadable: ${reason(error)}]`
    } finally {
      budget.open.delete(value)
    }
  }

  function printedKind(value: object, depth: number, budget: Budget): unknown {
    if (value instanceof Error || types.isNativeError(value)) return printedError(value, depth, budget)
    if (Array.isArray(value)) return printedItems(value, value.length, depth, budget)
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (ArrayBuffer.isView(value)) return `[${value.constructor.name} of ${value.byteLength} bytes]`
    if (value instanceof Map) return printedEntries(value, depth, budget)
    if (value instanceof Set) return printedItems(value, value.size, depth, budget)
    if (value instanceof RegExp || value instanceof URL) return text(String(value))
    if (value instanceof Promise) return '[promise]'
    if (value instanceof Headers) return printedEntries(value, depth, budget)
    if (value instanceof IncomingMessage || value instanceof Http2ServerRequest)
      return printedProperties(
        { method: value.method, url: value.url, headers: value.headers },
        depth,
        budget,
      )
    if (value instanceof ServerResponse || value instanceof Http2ServerResponse)
      return printedProperties({ status: value.statusCode }, depth, budget)
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return printed(toJSON.call(value), depth + 1, budget)
    return printedProperties(value, depth, budget)
  }

  function printedItems(items: Iterable<unknown>, count: number, depth: number, budget: Budget): unknown[] {
    const shown: unknown[] = []
    for (const item of items) {
      if (shown.length >= MAX_ITEMS || budget.nodes <= 0 || budget.characters <= 0) {
        shown.push(`[${count - shown.length} more]`)
        break
      }
      budget.nodes--
      shown.push(printed(item, depth + 1, budget) ?? null)
    }
    return shown
  }

  function printedEntries(entries: Iterable<[unknown, unknown]>, depth: number, budget: Budget): Fields {
    const shown: Fields = {}
    for (const [name, value] of entries) {
      if (!add(shown, typeof name === 'string' ? name : `[${typeof name}]`, () => value, depth, budget)) break
    }
    return shown
  }

  function printedProperties(value: object, depth: number, budget: Budget): Fields {
    const shown: Fields = {}
    for (const name of Object.keys(value)) {
      if (!add(shown, name, () => (value as Fields)[name], depth, budget)) break
    }
    return shown
  }

  /** Adds one field; `false`: there is no room for more. */
  function add(shown: Fields, name: string, read: () => unknown, depth: number, budget: Budget): boolean {
    if (--budget.nodes < 0 || budget.characters <= 0) {
      shown['…'] = '[truncated]'
      return false
    }
    const label = name.length > 256 ? `${name.slice(0, 256)}…` : name
    budget.characters -= label.length
    let value: unknown
    try {
      value = read()
    } catch (error) {
      value = `[unreadable: ${reason(error)}]`
    }
    const entry = secrets.hides(name, value) ? CENSOR : printed(value, depth + 1, budget)
    if (entry !== undefined) define(shown, label, entry)
    return true
  }

  function printedError(error: Error, depth: number, budget: Budget): Fields {
    const shown: Fields = {}
    add(shown, 'type', () => error.constructor?.name ?? error.name, depth, budget)
    add(shown, 'message', () => error.message, depth, budget)
    add(shown, 'stack', () => error.stack, depth, budget)
    for (const name of Object.keys(error)) {
      if (name === 'message' || name === 'stack') continue
      // Body parsers put the body into their errors: nobody knows what is in it.
      if (name === 'body' || name === 'rawBody') shown[name] = CENSOR
      else if (
        !add(shown, name === 'type' ? 'type_' : name, () => (error as unknown as Fields)[name], depth, budget)
      )
        break
    }
    if ('cause' in error) add(shown, 'cause', () => error.cause, depth, budget)
    if (error instanceof AggregateError) add(shown, 'errors', () => error.errors, depth, budget)
    return shown
  }

  function reason(error: unknown): string {
    // What was thrown may be hostile itself.
    try {
      return text(error instanceof Error ? error.message : String(error), 200)
    } catch {
      return 'it threw'
    }
  }

  const budget = (): Budget => ({ nodes: MAX_NODES, characters: MAX_CHARACTERS, open: new Set() })

  function fields(
    source: object,
    target: Fields,
    reserved: ReadonlySet<string>,
    maxNames = MAX_NODES,
  ): Fields {
    const left = budget()
    left.open.add(source)
    let names: string[]
    try {
      names = Object.keys(source)
    } catch (error) {
      target.unreadable = reason(error)
      return target
    }
    for (const name of names) {
      // pino looks names up in plain objects, where it would find `constructor` and `__proto__`.
      const taken = reserved.has(name) || name in Object.prototype
      const label = taken ? `${name}_` : name
      // A request that is told ever new names keeps the first ones, and the latest values of those.
      if (!Object.hasOwn(target, label) && Object.keys(target).length >= maxNames) target['…'] = '[truncated]'
      else if (!add(target, label, () => (source as Fields)[name], 0, left)) break
    }
    return target
  }

  return {
    text: (full) => text(full),
    beginning,
    value: (value) => {
      try {
        return printed(value, 0, budget())
      } catch (error) {
        return `[unreadable: ${reason(error)}]`
      }
    },
    fields: (source) => fields(source, {}, RESERVED),
    addTo: (target, source) => void fields(source, target, RESERVED_IN_REQUEST, MAX_ITEMS),
  }
}

/** How many characters two texts share at their ends, as far as anybody wants to know. */
function sameEnd(one: string, other: string, most: number): number {
  let count = 0
  while (count < most && one.at(-1 - count) === other.at(-1 - count)) count++
  return count
}

/** A function may be a proxy that throws at every touch. */
function nameOf(value: { readonly name: string }): string {
  try {
    return value.name
  } catch {
    return 'unreadable'
  }
}

/** Sets a property of whatever name: `__proto__` is a name like any other. */
function define(target: Fields, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  else target[name] = value
}
