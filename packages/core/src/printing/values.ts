/** Prints one value and everything below it, within limits. */
import { types } from 'node:util'

import { CENSOR, type Secrets } from '@sightline/secrets'

import type { Fields } from '../seam.ts'
import { contentOf } from './contents.ts'
import { isNamedSecret, isValueOfSecret, sensitiveNames } from './named-values.ts'
import { MAX_TEXT, type Texts } from './texts.ts'

/** Limits of one value in one log line. They keep any line below about 100 KB. */
const MAX_DEPTH = 8
export const MAX_ITEMS = 100
export const MAX_NODES = 1_000
const MAX_CHARACTERS = 65_536

/** A name without secrets. A URL used as a key may contain one. */
const PLAIN_NAME = /^[\w$.-]*$/

/** Internal fields of event emitters. */
const EMITTER_FIELDS = new Set(['_events', '_eventsCount', '_maxListeners'])

/** Fields of errors that are not enumerable, besides message and stack. */
const HIDDEN_ERROR_FIELDS = ['cause', 'errors', 'error', 'suppressed']

/** The remaining allowance for one value. */
export interface Budget {
  nodes: number
  characters: number
  readonly open: Set<object>
}

export function newBudget(): Budget {
  return { nodes: MAX_NODES, characters: MAX_CHARACTERS, open: new Set() }
}

/** Prints values and their fields. */
export interface Values {
  printed(value: unknown, depth: number, budget: Budget): unknown
  /**
   * Adds a field. Returns `false` if there is no room for more.
   *
   * @param isSecret whether something other than the name makes it secret
   */
  add(
    shown: Fields,
    name: string,
    read: () => unknown,
    depth: number,
    budget: Budget,
    isSecret?: boolean,
  ): boolean
  /** A thrown value, in a few words. */
  reason(error: unknown): string
}

/** @param errors printed content of the errors that are copies */
export function createValues(secrets: Secrets, { text }: Texts, errors: WeakMap<object, unknown>): Values {
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
    if (Array.isArray(value)) return printedItems(value, value.length, depth, budget)
    if (isError(value)) return errors.get(value) ?? printedError(value, depth, budget)
    const content = contentOf(value)
    switch (content.kind) {
      case 'text':
        return text(content.text)
      case 'name':
        return `[${content.name}]`
      case 'value':
        return printed(content.value, depth + 1, budget)
      case 'items':
        return printedItems(content.items, content.count, depth, budget)
      case 'map':
        return printedMap(content.entries, depth, budget)
      case 'parameters':
        return printedParameters(content.entries, depth, budget)
      case 'fields':
        return printedProperties(content.fields, depth, budget)
    }
  }

  function printedItems(items: Iterable<unknown>, count: number, depth: number, budget: Budget): unknown[] {
    const shown: unknown[] = []
    let before: unknown
    for (const item of items) {
      if (shown.length >= MAX_ITEMS || budget.nodes <= 0 || budget.characters <= 0) {
        shown.push(`[${count - shown.length} more]`)
        break
      }
      budget.nodes--
      const isSecret = isNamedSecret(items, shown.length, item, before, secrets)
      shown.push(isSecret ? CENSOR : (printed(item, depth + 1, budget) ?? null))
      before = item
    }
    return shown
  }

  function printedMap(entries: Iterable<readonly [unknown, unknown]>, depth: number, budget: Budget): Fields {
    const shown: Fields = {}
    for (const [key, value] of entries) {
      const name = typeof key === 'string' ? key : keyText(key, depth, budget)
      // A number and a text may give the same label.
      let label = name
      for (let n = 2; Object.hasOwn(shown, label); n++) label = `${name} (${n})`
      if (!add(shown, label, () => value, depth, budget, secrets.hides(name, value))) break
    }
    return shown
  }

  function keyText(key: unknown, depth: number, budget: Budget): string {
    const shown = printed(key, depth + 1, budget)
    return typeof shown === 'string' ? shown : (JSON.stringify(shown) ?? 'undefined')
  }

  /** A repeated name has a list of values. */
  function printedParameters(
    entries: Iterable<readonly [string, unknown]>,
    depth: number,
    budget: Budget,
  ): Fields {
    const values = new Map<string, unknown[]>()
    for (const [name, value] of entries) {
      const known = values.get(name)
      if (known) known.push(value)
      else if (values.size < MAX_NODES) values.set(name, [value])
    }
    const shown: Fields = {}
    for (const [name, all] of values) {
      const value = all.length === 1 ? all[0] : all
      if (!add(shown, name, () => value, depth, budget, secrets.hidesParameter(name, value))) break
    }
    return shown
  }

  function printedProperties(value: object, depth: number, budget: Budget): Fields {
    const shown: Fields = {}
    const sensitive = sensitiveNames(value)
    for (const name of Object.keys(value)) {
      if (name.startsWith('_') && EMITTER_FIELDS.has(name)) continue
      const isSecret = sensitive?.has(name) || isValueOfSecret(name, value, secrets)
      if (!add(shown, name, () => (value as Fields)[name], depth, budget, isSecret)) break
    }
    return shown
  }

  function add(
    shown: Fields,
    name: string,
    read: () => unknown,
    depth: number,
    budget: Budget,
    isSecret = false,
  ): boolean {
    if (--budget.nodes < 0 || budget.characters <= 0) {
      shown['…'] = '[truncated]'
      return false
    }
    const plain = PLAIN_NAME.test(name) ? name : text(name)
    const label = plain.length > 256 ? `${plain.slice(0, 256)}…` : plain
    budget.characters -= label.length
    let value: unknown
    try {
      value = read()
    } catch (error) {
      value = `[unreadable: ${reason(error)}]`
    }
    const entry = isSecret || secrets.hides(name, value) ? CENSOR : printed(value, depth + 1, budget)
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
      // Body parsers put the request body into their errors. Its content is unknown.
      if (name === 'body' || name === 'rawBody') shown[name] = CENSOR
      else if (
        !add(shown, name === 'type' ? 'type_' : name, () => (error as unknown as Fields)[name], depth, budget)
      )
        break
    }
    for (const name of HIDDEN_ERROR_FIELDS)
      if (name in error && !Object.hasOwn(shown, name))
        add(shown, name, () => (error as unknown as Fields)[name], depth, budget)
    // The name of a DOMException is its meaning: `AbortError`, `TimeoutError`.
    if (shown.type === 'DOMException') add(shown, 'name', () => error.name, depth, budget)
    return shown
  }

  function reason(error: unknown): string {
    // The thrown value may itself throw.
    try {
      return text(error instanceof Error ? error.message : String(error), 200)
    } catch {
      return 'it threw'
    }
  }

  return { printed, add, reason }
}

/** Whether a value is an error, of any realm. */
export function isError(value: object): value is Error {
  return value instanceof Error || types.isNativeError(value)
}

/** A function may be a proxy that throws at every access. */
function nameOf(value: { readonly name: string }): string {
  try {
    return value.name
  } catch {
    return 'unreadable'
  }
}

/** Defines a property of any name: a plain assignment of `__proto__` would set the prototype. */
export function define(target: Fields, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  else target[name] = value
}
