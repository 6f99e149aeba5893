import { ENVELOPE, ENVELOPES } from '../../fields.ts'
import type { Interned } from '../interned.ts'
import type { ByteTable } from '../interning/byte-table.ts'
import { Scratch } from '../interning/scratch.ts'
import { OtlpError } from '../reader.ts'
import { Cursor, DELIMITED, tagOf } from './cursor.ts'
import type { SharedParts } from './sets.ts'

// These fields have the same numbers in all signals.
const RESOURCES = tagOf(ENVELOPES.traces.resources, DELIMITED)
const SCOPES = tagOf(ENVELOPES.traces.scopes, DELIMITED)
const ENTRIES = tagOf(ENVELOPES.traces.entries, DELIMITED)
const RESOURCE = tagOf(ENVELOPE.resource, DELIMITED)
const SCOPE = tagOf(ENVELOPE.scope, DELIMITED)
const SCHEMA_URL = tagOf(ENVELOPE.schemaUrl, DELIMITED)

/** Reads one span, log record or metric that ends at `stop`. */
export type ReadEntry = (cursor: Cursor, stop: number, resource: number, scope: number) => void

/** Reads an export request of any signal. */
export class Envelope {
  readonly #interned: Interned
  readonly #shared: SharedParts
  readonly #scratch = new Scratch()
  /** Number of resources and scopes in the request. */
  #heads = 0

  constructor(interned: Interned, shared: SharedParts) {
    this.#interned = interned
    this.#shared = shared
  }

  /** Calls `read` for each entry of the request. */
  read(body: Uint8Array, read: ReadEntry): void {
    const cursor = new Cursor(body)
    this.#heads = 0
    const end = body.length
    while (cursor.at < end) {
      const tag = cursor.tag()
      if (tag === RESOURCES) this.#resource(cursor, cursor.delimited(end), read)
      else cursor.skip(tag, end)
    }
    cursor.end(end)
  }

  /** Reads a `Resource…`. The resource may come after its scopes, so the message is passed through twice. */
  #resource(cursor: Cursor, stop: number, read: ReadEntry): void {
    const { resources } = this.#interned.origins
    const start = cursor.at
    const length = this.#head(cursor, stop, RESOURCE)
    const { size } = this.#scratch
    let resource = resources.find(this.#scratch, 0, size)
    if (resource < 0) resource = this.#make(resources, length, (own, url) => this.#shared.resource(own, url))
    cursor.at = start
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === SCOPES) this.#scope(cursor, cursor.delimited(stop), resource, read)
      else cursor.skip(tag, stop)
    }
  }

  /** Reads a `Scope…`. */
  #scope(cursor: Cursor, stop: number, resource: number, read: ReadEntry): void {
    const { scopes } = this.#interned.origins
    const start = cursor.at
    const length = this.#head(cursor, stop, SCOPE)
    const { size } = this.#scratch
    let scope = scopes.find(this.#scratch, 0, size)
    if (scope < 0) scope = this.#make(scopes, length, (own, url) => this.#shared.scope(own, url))
    cursor.at = start
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === ENTRIES) {
        const end = cursor.delimited(stop)
        read(cursor, end, resource, scope)
        cursor.at = end
      } else cursor.skip(tag, stop)
    }
  }

  /**
   * Puts the bytes of the resource or scope and the schema's URL together: they are the key of the interned object. A message that comes
   * in parts is merged by joining its parts. Returns the length of the message.
   */
  #head(cursor: Cursor, stop: number, head: number): number {
    if (++this.#heads > this.#interned.limits.items)
      throw new OtlpError('The body has too many resources and scopes.')
    const scratch = this.#scratch
    scratch.clear()
    let from = 0
    let to = 0
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === head || tag === SCHEMA_URL) {
        const end = cursor.delimited(stop)
        if (tag === head) scratch.copy(cursor.bytes, cursor.at, end)
        else {
          from = cursor.at
          to = end
        }
        cursor.at = end
      } else cursor.skip(tag, stop)
    }
    cursor.end(stop)
    const { size } = scratch
    scratch.copy(cursor.bytes, from, to)
    // The length keeps one URL and another message apart.
    scratch.word(size)
    return size
  }

  /** Makes the object for the bytes that have been put together. Returns its index. */
  #make<T>(table: ByteTable<T>, length: number, make: (cursor: Cursor, schemaUrl: string) => T): number {
    const { tally } = this.#interned
    const { losses } = tally
    const { bytes, size } = this.#scratch
    const message = new Cursor(bytes.subarray(0, length))
    const url = new Cursor(bytes.subarray(length, size - 4))
    const made = make(message, this.#shared.text(url, url.bytes.length))
    // An object that is not whole is read each time, so that the loss is counted each time.
    return tally.losses > losses ? table.push(made) : table.add(this.#scratch, 0, size, made)
  }
}
