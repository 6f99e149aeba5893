import { types } from 'node:util'

import { isStream, messageFields } from './heads.ts'

/** The printable content of a value. */
export type Content =
  /** A text that may contain secrets. */
  | { readonly kind: 'text'; readonly text: string }
  /** Only the kind of value: its content is unreadable, readable only once, or bytes. */
  | { readonly kind: 'name'; readonly name: string }
  /** Another value in its place. */
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'items'; readonly items: Iterable<unknown>; readonly count: number }
  | { readonly kind: 'map'; readonly entries: Iterable<readonly [unknown, unknown]> }
  /** Names and values. A name may be repeated. */
  | { readonly kind: 'parameters'; readonly entries: Iterable<readonly [string, unknown]> }
  | { readonly kind: 'fields'; readonly fields: object }

/** The fields of events: they are defined on the prototype. */
const EVENT_FIELDS = ['type', 'message', 'error', 'code', 'reason', 'detail', 'data']

/**
 * The printable content of an object that is no error and no list. Never `{}` for a value that is not empty.
 *
 * Node's own type tests are preferred: `instanceof` fails across realms, and a prototype can forge it.
 */
export function contentOf(value: object): Content {
  if (isPlain(value)) return plainContent(value)
  return builtInContent(value) ?? classContent(value)
}

/** Whether an object has no class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function plainContent(value: object): Content {
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON === 'function') return { kind: 'value', value: toJSON.call(value) }
  if (Object.keys(value).length > 0) return { kind: 'fields', fields: value }
  const symbols = Object.getOwnPropertySymbols(value).filter((each) =>
    Object.prototype.propertyIsEnumerable.call(value, each),
  )
  const tag = tagOf(value)
  if (symbols.length === 0 && tag !== 'Object') return { kind: 'name', name: tag }
  return symbols.length === 0
    ? { kind: 'fields', fields: value }
    : { kind: 'map', entries: symbols.map((each) => [each, (value as Record<symbol, unknown>)[each]]) }
}

function builtInContent(value: object): Content | undefined {
  if (types.isDate(value)) return text(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString())
  if (ArrayBuffer.isView(value)) return viewContent(value)
  if (types.isAnyArrayBuffer(value)) return bytes(value)
  if (types.isMap(value)) return { kind: 'map', entries: value }
  if (types.isSet(value)) return { kind: 'items', items: value, count: value.size }
  if (types.isRegExp(value)) return text(String(value))
  if (types.isPromise(value)) return { kind: 'name', name: 'promise' }
  if (types.isBoxedPrimitive(value)) return { kind: 'value', value: value.valueOf() }
  return undefined
}

/** Bytes may be keys. Typed numbers are printed. */
function viewContent(value: ArrayBufferView): Content {
  if (types.isUint8Array(value) || types.isUint8ClampedArray(value) || types.isDataView(value))
    return bytes(value)
  return listOf(value as unknown as ArrayLike<unknown>)
}

function bytes(value: { readonly byteLength: number }): Content {
  return { kind: 'name', name: `${nameOf(value)} of ${value.byteLength} bytes` }
}

function listOf(list: ArrayLike<unknown>): Content {
  return { kind: 'items', items: Array.prototype.values.call(list), count: list.length }
}

function text(shown: string): Content {
  return { kind: 'text', text: shown }
}

function classContent(value: object): Content {
  const tag = tagOf(value)
  const message = messageFields(value, tag)
  if (message) return { kind: 'fields', fields: message }
  if (isStream(value) || isHandle(value)) return { kind: 'name', name: nameOf(value) }
  if (tag === 'URL') return text(URL.prototype.toString.call(value))
  if ((tag === 'URLSearchParams' || tag === 'FormData' || tag === 'Headers') && isIterable(value))
    return { kind: 'parameters', entries: value }
  if (tag.endsWith('Event') && 'type' in value) return { kind: 'fields', fields: eventFields(value) }
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON === 'function') return { kind: 'value', value: toJSON.call(value) }
  if (Object.keys(value).length > 0) return { kind: 'fields', fields: value }
  const inherited = tag === 'Object' ? inheritedFields(value) : undefined
  if (inherited) return { kind: 'fields', fields: inherited }
  const name = nameOf(value)
  return name === 'Object' ? plainContent(value) : { kind: 'name', name }
}

/**
 * Whether an object is a node handle (a timer, a server, a process). Its fields are node's internals: a timer
 * links to all others.
 */
function isHandle(value: object): boolean {
  const { ref, unref } = value as { readonly ref?: unknown; readonly unref?: unknown }
  return typeof ref === 'function' && typeof unref === 'function'
}

function isIterable(value: object): value is Iterable<readonly [string, unknown]> {
  return typeof (value as { readonly [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function'
}

function eventFields(event: object): object {
  const fields: Record<string, unknown> = {}
  for (const name of EVENT_FIELDS) if (name in event) fields[name] = (event as Record<string, unknown>)[name]
  return fields
}

/** Enumerable fields of the prototype object; methods are left out. */
function inheritedFields(value: object): object | undefined {
  const fields: Record<string, unknown> = {}
  for (const name in value) {
    const each = (value as Record<string, unknown>)[name]
    if (typeof each !== 'function') fields[name] = each
  }
  return Object.keys(fields).length > 0 ? fields : undefined
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** The kind of a value: `Blob`, `Intl.NumberFormat`, or its class name. */
function nameOf(value: object): string {
  const tag = tagOf(value)
  if (tag !== 'Object' && !ArrayBuffer.isView(value)) return tag
  const { constructor } = value as { readonly constructor?: { readonly name?: unknown } }
  return typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : tag
}
