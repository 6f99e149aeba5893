/** The header formats of `fetch`, `node:http` and queue clients. */
import { types } from 'node:util'

import { CARRIED, isNamed } from './carrier-names.ts'
import { wrapLike } from './carrier-values.ts'

/** Receives one header. The value is a function, because it is needed for some names only, and a getter may throw. */
type Visitor = (name: unknown, value: () => unknown) => void

/** One header format. */
interface Form<C> {
  each(carrier: C, visit: Visitor): void
  /** Replaces all headers of a name; `undefined` removes them. Throws if the carrier is read-only. */
  put?(carrier: C, name: string, value: string | undefined): void
  /** A writable copy of a read-only carrier. */
  copy?(carrier: C): C
}

/** Limit for reading iterators, which may be endless. */
const MAX_ENTRIES = 10_000
/** Iterables of pairs that are not headers. */
const NO_CARRIERS = new Set(['[object URLSearchParams]', '[object FormData]'])
const NAME_KEYS = ['key', 'name', 'Key', 'Name'] as const
const VALUE_KEYS = ['value', 'Value'] as const

/** An object with headers as properties. */
const FIELDS: Form<Record<string, unknown>> = {
  each(carrier, visit) {
    for (const name of Object.keys(carrier)) visit(name, () => carrier[name])
    // Class instances may have getters on their prototype.
    for (const name of CARRIED)
      if (name in carrier && !Object.hasOwn(carrier, name)) visit(name, () => carrier[name])
  },
  put(carrier, name, value) {
    const names = Object.keys(carrier)
    const [own = name, ...twins] = names.filter((each) => isNamed(each, name))
    const values = names.map((each) => Object.getOwnPropertyDescriptor(carrier, each)?.value)
    const wrap = values.map(wrapLike).find((each) => each !== undefined)
    for (const each of value === undefined ? [own, ...twins] : twins) Reflect.deleteProperty(carrier, each)
    if (value === undefined) return
    if (!Reflect.set(carrier, own, wrap ? wrap(value) : value))
      throw new TypeError(`${own} cannot be written`)
  },
  copy: (carrier) => ({ ...carrier }),
}

const MAP: Form<Map<unknown, unknown>> = {
  each(carrier, visit) {
    for (const [name, value] of carrier) visit(name, () => value)
  },
  put(carrier, name, value) {
    const [own = name, ...twins] = [...carrier.keys()].filter((each) => isNamed(each, name))
    for (const each of value === undefined ? [own, ...twins] : twins) carrier.delete(each)
    if (value !== undefined) carrier.set(own, value)
  },
}

/** An object with accessor methods: `Headers`, and the header classes of axios, NATS and gRPC. */
interface Store {
  get(name: string): unknown
  set(name: string, value: string): unknown
  delete?(name: string): unknown
}

const STORE: Form<Store> = {
  each(carrier, visit) {
    if (isIterable(carrier)) ITERABLE.each(carrier, visit)
    else for (const name of CARRIED) visit(name, () => carrier.get(name))
  },
  put: (carrier, name, value) =>
    void (value === undefined ? carrier.delete?.(name) : carrier.set(name, value)),
  // The `Headers` of a received request are read-only.
  copy: (carrier) => (isHeaders(carrier) ? new Headers(carrier) : carrier),
}

function isHeaders(value: object): value is Headers {
  return tagOf(value) === '[object Headers]'
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}

/** A request that has not been sent. */
interface Message {
  getHeader(name: string): unknown
  setHeader(name: string, value: string): unknown
  removeHeader?(name: string): unknown
}

const MESSAGE: Form<Message> = {
  each(carrier, visit) {
    for (const name of CARRIED) visit(name, () => carrier.getHeader(name))
  },
  put: (carrier, name, value) =>
    void (value === undefined ? carrier.removeHeader?.(name) : carrier.setHeader(name, value)),
}

/** `[[name, value], …]` */
const PAIRS: Form<unknown[]> = {
  each(carrier, visit) {
    for (const pair of carrier) if (Array.isArray(pair)) visit(pair[0], () => pair[1])
  },
  put(carrier, name, value) {
    const isOld = (pair: unknown) => Array.isArray(pair) && isNamed(pair[0], name)
    replace(carrier, 1, isOld, value === undefined ? [] : [[name, value]])
  },
  copy: (carrier) => [...carrier],
}

/** `[name, value, name, value, …]`, as in undici and `rawHeaders`. */
const FLAT: Form<unknown[]> = {
  each(carrier, visit) {
    for (let i = 0; i + 1 < carrier.length; i += 2) visit(carrier[i], () => carrier[i + 1])
  },
  put(carrier, name, value) {
    replace(carrier, 2, (each) => isNamed(each, name), value === undefined ? [] : [name, value])
  },
  copy: (carrier) => [...carrier],
}

/** `[{ name: value }, …]` or `[{ key: name, value }, …]`, as in clients of Kafka and CloudFront. */
const RECORDS: Form<unknown[]> = {
  each(carrier, visit) {
    for (const each of carrier) {
      if (typeof each !== 'object' || each === null) continue
      const record = each as Record<string, unknown>
      const [nameKey, valueKey] = keysOf(record)
      if (nameKey === undefined) FIELDS.each(record, visit)
      else visit(record[nameKey], () => record[valueKey])
    }
  },
  put(carrier, name, value) {
    const [nameKey, valueKey] = keysOf(carrier[0] as object)
    const isOld = (each: unknown) => {
      let found = false
      RECORDS.each([each], (other) => (found ||= isNamed(other, name)))
      return found
    }
    const record = nameKey === undefined ? { [name]: value } : { [nameKey]: name, [valueKey]: value }
    replace(carrier, 1, isOld, value === undefined ? [] : [record])
  },
  copy: (carrier) => [...carrier],
}

/** Read-only pairs. */
const ITERABLE: Form<Iterable<unknown>> = {
  each(carrier, visit) {
    let count = 0
    for (const pair of carrier) {
      if (++count > MAX_ENTRIES) return
      if (Array.isArray(pair)) visit(pair[0], () => pair[1])
    }
  },
}

/** A recognised carrier and its operations. */
export interface Carrier {
  each(visit: Visitor): void
  /** Absent: the carrier is read-only. */
  put?(name: string, value: string | undefined): void
  copy?(): unknown
}

/** Recognises the header format of a value. `undefined`: it has no headers. */
export function carrierOf(given: unknown): Carrier | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  if (Array.isArray(given)) return listOf(given)
  if (types.isMap(given)) return carried(MAP, given)
  // Properties or accessor methods: the object's own members decide.
  const object = given as Record<string, unknown>
  const prototype: unknown = Object.getPrototypeOf(given)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  // This order protects against proxies, which may throw when a missing property is read.
  if (isPlain && !Object.hasOwn(given, 'set')) return carried(FIELDS, object)
  if (NO_CARRIERS.has(tagOf(given))) return undefined
  if (has(object, 'get', 'set')) return carried(STORE, given as Store)
  if (isPlain) return carried(FIELDS, object)
  if (has(object, 'getHeader', 'setHeader')) return carried(MESSAGE, given as Message)
  if (isIterable(given) && !ArrayBuffer.isView(given)) return carried(ITERABLE, given)
  // A class instance with nothing but values.
  const isLive = has(object, 'on') || has(object, 'then')
  return tagOf(given) === '[object Object]' && !isLive ? carried(FIELDS, object) : undefined
}

/** An empty list becomes a list of pairs, the format of `fetch`. */
function listOf(list: unknown[]): Carrier | undefined {
  const [first] = list
  if (list.length === 0 || Array.isArray(first)) return carried(PAIRS, list)
  if (typeof first === 'string' || ArrayBuffer.isView(first))
    return list.length % 2 === 0 ? carried(FLAT, list) : undefined
  if (typeof first !== 'object' || first === null) return undefined
  return keysOf(first)[0] !== undefined || Object.keys(first).length === 1
    ? carried(RECORDS, list)
    : undefined
}

function carried<C>({ each, put, copy }: Form<C>, carrier: C): Carrier {
  return {
    each: (visit) => each(carrier, visit),
    ...(put && { put: (name, value) => put(carrier, name, value) }),
    ...(copy && { copy: () => copy(carrier) }),
  }
}

function has(object: Record<string, unknown>, ...methods: readonly string[]): boolean {
  return methods.every((method) => typeof object[method] === 'function')
}

/** The keys of a list item for a header's name and value. */
function keysOf(record: object): [name: string | undefined, value: string] {
  const [name, value] = [NAME_KEYS, VALUE_KEYS].map((keys) => keys.find((key) => Object.hasOwn(record, key)))
  return value === undefined ? [undefined, ''] : [name, value]
}

/** Replaces the first old entry, or appends, and removes other old entries. `size`: the number of items per entry. */
function replace(
  list: unknown[],
  size: number,
  isOld: (item: unknown) => boolean,
  entry: readonly unknown[],
): void {
  let place = list.length
  for (let i = list.length - size; i >= 0; i -= size) {
    if (!isOld(list[i])) continue
    if (place < list.length) list.splice(place, size)
    place = i
  }
  list.splice(place, place < list.length ? size : 0, ...entry)
}

export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value)
}
