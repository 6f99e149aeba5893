import { RESOURCE, SCOPE } from '../../fields.ts'
import type { AttributeSet, ReadResource, ReadScope } from '../columns.ts'
import type { Interned } from '../interned.ts'
import type { Entry } from '../plain.ts'
import { type Cursor, DELIMITED, tagOf, VARINT } from './cursor.ts'
import { plainEntry } from './nested.ts'

const RESOURCE_ATTRIBUTES = tagOf(RESOURCE.attributes, DELIMITED)
const RESOURCE_DROPPED = tagOf(RESOURCE.droppedAttributes, VARINT)
const SCOPE_NAME = tagOf(SCOPE.name, DELIMITED)
const SCOPE_VERSION = tagOf(SCOPE.version, DELIMITED)
const SCOPE_ATTRIBUTES = tagOf(SCOPE.attributes, DELIMITED)
const SCOPE_DROPPED = tagOf(SCOPE.droppedAttributes, VARINT)

/** Reads what many rows share: attribute sets, resources and scopes. */
export class SharedParts {
  readonly #interned: Interned

  constructor(interned: Interned) {
    this.#interned = interned
  }

  /**
   * The index of the set whose attributes are the fields with `tag` in the bytes from `start` to `end`. The cursor stays where it is.
   */
  set(cursor: Cursor, start: number, end: number, tag: number): number {
    const { sets } = this.#interned.origins
    const known = sets.find(cursor, start, end)
    return known >= 0 ? known : this.#newSet(cursor, start, end, tag)
  }

  #newSet(cursor: Cursor, start: number, end: number, tag: number): number {
    const { origins, tally } = this.#interned
    const { losses } = tally
    const { at } = cursor
    const entries: Entry[] = []
    let leftOut = 0
    cursor.at = start
    while (cursor.at < end) {
      const found = cursor.tag()
      if (found === tag) leftOut += this.#entry(cursor, cursor.delimited(end), entries)
      else cursor.skip(found, end)
    }
    cursor.at = at
    const set = this.#setOf(entries, leftOut)
    // A set that is not whole is read each time, so that the loss is counted each time.
    if (tally.losses > losses) return origins.sets.push(set)
    return origins.sets.add(cursor, start, end, set)
  }

  /** Reads a `Resource`. */
  resource(cursor: Cursor, schemaUrl: string): ReadResource {
    const stop = cursor.bytes.length
    const entries: Entry[] = []
    let dropped = 0
    let leftOut = 0
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === RESOURCE_ATTRIBUTES) leftOut += this.#entry(cursor, cursor.delimited(stop), entries)
      else if (tag === RESOURCE_DROPPED) dropped = cursor.varint()
      else cursor.skip(tag, stop)
    }
    cursor.end(stop)
    const attributes = this.#setOf(entries, leftOut)
    return this.#interned.origins.resource({ attributes, droppedAttributes: dropped + leftOut, schemaUrl })
  }

  /** Reads an `InstrumentationScope`. */
  scope(cursor: Cursor, schemaUrl: string): ReadScope {
    const stop = cursor.bytes.length
    const entries: Entry[] = []
    let name = ''
    let version = ''
    let dropped = 0
    let leftOut = 0
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === SCOPE_NAME) name = this.text(cursor, cursor.delimited(stop))
      else if (tag === SCOPE_VERSION) version = this.text(cursor, cursor.delimited(stop))
      else if (tag === SCOPE_ATTRIBUTES) leftOut += this.#entry(cursor, cursor.delimited(stop), entries)
      else if (tag === SCOPE_DROPPED) dropped = cursor.varint()
      else cursor.skip(tag, stop)
    }
    cursor.end(stop)
    const attributes = this.#setOf(entries, leftOut)
    return this.#interned.origins.scope({
      name,
      version,
      attributes,
      droppedAttributes: dropped + leftOut,
      schemaUrl,
    })
  }

  /** Reads the text up to `end`. */
  text(cursor: Cursor, end: number): string {
    const text = this.#interned.strings.textAt(cursor, cursor.at, end)
    cursor.at = end
    return text
  }

  /** Reads a `KeyValue`. Returns 1 if the set is at its limit: the attribute is dropped. */
  #entry(cursor: Cursor, end: number, entries: Entry[]): number {
    const { limits, tally } = this.#interned
    if (entries.length >= limits.attributes) {
      cursor.at = end
      return 1
    }
    const budget = { limit: limits.valueBytes, left: limits.valueBytes }
    entries.push(plainEntry(cursor, end, budget))
    if (budget.left < 0) tally.shorten(limits.valueBytes)
    return 0
  }

  #setOf(entries: Entry[], leftOut: number): AttributeSet {
    if (leftOut > 0) this.#interned.tally.leaveOut('attributes', leftOut)
    return this.#interned.origins.set(entries)
  }
}
