import { ANY_VALUE, ITEMS, KEY_VALUE, RESOURCE, SCOPE } from '../../fields.ts'
import type { Field } from '../../writer.ts'
import {
  type AttributeSet,
  type AttributeValue,
  type ReadResource,
  type ReadScope,
  VALUE,
} from '../columns.ts'
import type { Interned } from '../interned.ts'
import { MAX_DEPTH } from '../limits.ts'
import { OtlpError } from '../reader.ts'
import type { Attributes } from '../tables/attributes.ts'
import { Cells, type Place } from '../tables/cells.ts'
import { cut } from '../text.ts'
import { boolOf, doubleOf, integerOf, wordIn } from './numbers.ts'
import { type Message, messageIn, messagesIn, textIn, valueOf, wrong } from './tree.ts'

/** How much of one value is read. */
interface Budget {
  /** Most bytes of a text. */
  readonly limit: number
  /** Whether a text was shortened. */
  isCut: boolean
}

/** Reads attributes, values, resources and scopes. */
export class JsonValues {
  readonly #interned: Interned
  readonly #cells: Cells

  constructor(interned: Interned) {
    this.#interned = interned
    this.#cells = new Cells(interned)
  }

  /** Reads the attributes of a message as those of a row. */
  attributes(message: Message, field: Field, attributes: Attributes): void {
    const { strings, limits } = this.#interned
    for (const pair of messagesIn(message, field)) {
      if (!attributes.room()) continue
      const at = attributes.size++
      attributes.keys[at] = strings.of(textIn(pair, KEY_VALUE.key))
      const { types, numbers } = attributes
      this.value(messageIn(pair, KEY_VALUE.value), limits.valueBytes, { types, numbers, at })
    }
  }

  /** Writes an `AnyValue` into columns. */
  value(value: Message | undefined, limit: number, place: Place): void {
    const { types, numbers, at } = place
    const text = value === undefined ? undefined : valueOf(value, ANY_VALUE.string)
    if (typeof text === 'string') {
      types[at] = VALUE.string
      numbers[at] = this.#interned.strings.of(text, limit)
      return
    }
    const budget = { limit, isCut: false }
    const plain = plainValue(value, budget)
    if (plain instanceof Uint8Array) return this.#cells.bytes(place, plain, limit)
    if (typeof plain === 'object' && plain !== null)
      return this.#cells.list(place, plain, limit, !budget.isCut)
    this.#scalar(value, plain, place)
  }

  /** The set of a message's attributes. */
  set(message: Message, field: Field): { readonly set: AttributeSet; readonly leftOut: number } {
    const { limits, tally, origins } = this.#interned
    const pairs = messagesIn(message, field)
    const entries = pairs.slice(0, limits.attributes).map((pair) => {
      const budget = { limit: limits.valueBytes, isCut: false }
      const entry = entryOf(pair, budget, 0)
      if (budget.isCut) tally.shorten(limits.valueBytes)
      return entry
    })
    const leftOut = pairs.length - entries.length
    if (leftOut > 0) tally.leaveOut('attributes', leftOut)
    return { set: origins.set(entries), leftOut }
  }

  /** Reads a `Resource`. */
  resource(message: Message, schemaUrl: string): ReadResource {
    const { set, leftOut } = this.set(message, RESOURCE.attributes)
    const droppedAttributes = wordIn(message, RESOURCE.droppedAttributes) + leftOut
    return this.#interned.origins.resource({ attributes: set, droppedAttributes, schemaUrl })
  }

  /** Reads an `InstrumentationScope`. */
  scope(message: Message, schemaUrl: string): ReadScope {
    const { set, leftOut } = this.set(message, SCOPE.attributes)
    return this.#interned.origins.scope({
      name: this.text(message, SCOPE.name),
      version: this.text(message, SCOPE.version),
      attributes: set,
      droppedAttributes: wordIn(message, SCOPE.droppedAttributes) + leftOut,
      schemaUrl,
    })
  }

  /** The text in a field, within the limit. */
  text(message: Message, field: Field): string {
    const { limits, tally } = this.#interned
    const text = textIn(message, field)
    const kept = cut(text, limits.valueBytes)
    if (kept.length < text.length) tally.shorten(limits.valueBytes)
    return kept.toWellFormed()
  }

  #scalar(value: Message | undefined, plain: string | number | bigint | boolean | null, place: Place): void {
    const { types, numbers, at } = place
    if (plain === null || value === undefined) {
      types[at] = VALUE.empty
      numbers[at] = 0
    } else if (typeof plain === 'boolean') {
      types[at] = VALUE.bool
      numbers[at] = plain ? 1 : 0
    } else if (typeof plain === 'number' && valueOf(value, ANY_VALUE.int) === undefined) {
      types[at] = VALUE.double
      numbers[at] = plain
    } else if (typeof plain !== 'string') this.#cells.integer(place, plain)
  }
}

/** An `AnyValue`. Of several fields, the first one counts. */
function plainValue(value: Message | undefined, budget: Budget, depth = 0): AttributeValue {
  if (depth > MAX_DEPTH)
    throw new OtlpError(`The body has values that are nested deeper than ${MAX_DEPTH} levels.`)
  if (value === undefined) return null
  const text = valueOf(value, ANY_VALUE.string)
  if (text !== undefined) return textOf(text, budget)
  const bool = valueOf(value, ANY_VALUE.bool)
  if (bool !== undefined) return boolOf(bool, ANY_VALUE.bool.name)
  const integer = valueOf(value, ANY_VALUE.int)
  if (integer !== undefined) return integerOf(integer, ANY_VALUE.int.name)
  const double = valueOf(value, ANY_VALUE.double)
  if (double !== undefined) return doubleOf(double, ANY_VALUE.double.name)
  const array = messageIn(value, ANY_VALUE.array)
  if (array !== undefined) return messagesIn(array, ITEMS).map((item) => plainValue(item, budget, depth + 1))
  const list = messageIn(value, ANY_VALUE.kvlist)
  if (list !== undefined)
    return Object.fromEntries(messagesIn(list, ITEMS).map((pair) => entryOf(pair, budget, depth + 1)))
  const bytes = valueOf(value, ANY_VALUE.bytes)
  return bytes === undefined ? null : bytesOf(bytes)
}

function entryOf(pair: Message, budget: Budget, depth: number): readonly [string, AttributeValue] {
  const key = textOf(textIn(pair, KEY_VALUE.key), budget)
  return [key, plainValue(messageIn(pair, KEY_VALUE.value), budget, depth)]
}

function textOf(value: unknown, budget: Budget): string {
  if (typeof value !== 'string') throw wrong(ANY_VALUE.string.name, 'a text')
  const kept = cut(value, budget.limit)
  if (kept.length < value.length) budget.isCut = true
  return kept.toWellFormed()
}

/** Bytes are base64, in either alphabet. */
function bytesOf(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw wrong(ANY_VALUE.bytes.name, 'a text in base64')
  return Buffer.from(value, 'base64')
}
