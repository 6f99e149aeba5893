import { type AttributeColumns, VALUE } from '@sightline/otlp'
import { CENSOR } from '@sightline/secrets'

import { isPath, maskedPath, maskedQuery } from './addresses.ts'
import { maskJson } from './json.ts'
import type { SecretRules } from './rules.ts'
import type { MaskedTexts } from './texts.ts'

/** What is known of a key: whether it hides texts, numbers and booleans. */
const KNOWN = 1
const HIDES_TEXT = 2
const HIDES_NUMBER = 4
const HIDES_BOOLEAN = 8

/** Masks one batch of columns. Each different string of the batch is looked at once. */
export class Batch {
  readonly #strings: string[]
  readonly #rules: SecretRules
  readonly #texts: MaskedTexts
  /** Strings that are done: 1 as text, 2 as JSON. */
  readonly #done: Uint8Array
  readonly #keys: Uint8Array
  readonly #special = new Map<number, 'route' | 'path' | 'query'>()
  #censor = -1

  constructor(strings: readonly string[], rules: SecretRules, texts: MaskedTexts) {
    // The list belongs to this batch, and its masking is the reason why it may be changed.
    this.#strings = strings as string[]
    this.#rules = rules
    this.#texts = texts
    this.#done = new Uint8Array(strings.length)
    this.#keys = new Uint8Array(strings.length)
  }

  /** Masks a column of strings. */
  column(indexes: Uint32Array, rows: number): void {
    for (let row = 0; row < rows; row++) this.#text(indexes[row] ?? 0)
  }

  /** Masks the values of attributes. */
  attributes(columns: AttributeColumns, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const end = columns.offsets[row + 1] ?? 0
      let route: string | undefined
      let hasPath = false
      for (let entry = columns.offsets[row] ?? 0; entry < end; entry++) {
        const key = columns.keys[entry] ?? 0
        const type = columns.types[entry] ?? VALUE.empty
        const hiding = this.#hiding(key)
        if ((hiding & bitOf(type)) !== 0) {
          columns.types[entry] = VALUE.string
          columns.numbers[entry] = this.#censored()
          continue
        }
        if (type === VALUE.json) this.#json(columns.numbers[entry] ?? 0)
        if (type !== VALUE.string) continue
        const special = this.#special.get(key)
        const index = columns.numbers[entry] ?? 0
        if (special === 'route') route = this.#strings[index]
        if (special === 'path') hasPath = true
        else if (special === 'query') columns.numbers[entry] = this.#query(index)
        else this.#text(index)
      }
      if (hasPath) this.#paths(columns, row, route)
    }
  }

  /** Masks values that have no name, such as bodies. A text may be JSON itself. */
  values(types: Uint8Array, numbers: Float64Array, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const index = numbers[row] ?? 0
      if (types[row] === VALUE.json) this.#json(index)
      else if (types[row] === VALUE.string) {
        const first = this.#strings[index]?.[0]
        if (first === '{' || first === '[') this.#json(index)
        else this.#text(index)
      }
    }
  }

  #text(index: number): void {
    if (this.#done[index] !== 0) return
    this.#done[index] = 1
    const text = this.#strings[index] ?? ''
    const masked = this.#texts.mask(text)
    if (masked !== text) this.#strings[index] = masked
  }

  #json(index: number): void {
    if (this.#done[index] === 2) return
    this.#done[index] = 2
    const text = this.#strings[index] ?? ''
    this.#strings[index] = maskJson(text, this.#rules) ?? this.#texts.mask(text)
  }

  #query(index: number): number {
    const text = this.#strings[index] ?? ''
    const masked = maskedQuery(text, this.#texts)
    return masked === text ? index : this.#add(masked)
  }

  #paths(columns: AttributeColumns, row: number, route: string | undefined): void {
    const end = columns.offsets[row + 1] ?? 0
    for (let entry = columns.offsets[row] ?? 0; entry < end; entry++) {
      const key = columns.keys[entry] ?? 0
      if (this.#special.get(key) !== 'path' || columns.types[entry] !== VALUE.string) continue
      const text = this.#strings[columns.numbers[entry] ?? 0] ?? ''
      const masked = maskedPath(this.#strings[key] ?? '', text, route, this.#texts)
      if (masked !== text) columns.numbers[entry] = this.#add(masked)
    }
  }

  #hiding(key: number): number {
    const known = this.#keys[key] ?? 0
    if (known !== 0) return known
    const name = this.#strings[key] ?? ''
    let hiding = KNOWN
    if (this.#rules.hides(name, 'text')) hiding |= HIDES_TEXT
    if (this.#rules.hides(name, 1)) hiding |= HIDES_NUMBER
    if (this.#rules.hides(name, true)) hiding |= HIDES_BOOLEAN
    this.#keys[key] = hiding
    if (name === 'http.route') this.#special.set(key, 'route')
    else if (name === 'url.query') this.#special.set(key, 'query')
    else if (isPath(name)) this.#special.set(key, 'path')
    return hiding
  }

  #censored(): number {
    if (this.#censor < 0) this.#censor = this.#add(CENSOR)
    return this.#censor
  }

  #add(text: string): number {
    return this.#strings.push(text) - 1
  }
}

function bitOf(type: number): number {
  switch (type) {
    case VALUE.empty:
      return 0
    case VALUE.bool:
      return HIDES_BOOLEAN
    case VALUE.int:
    case VALUE.double:
      return HIDES_NUMBER
    default:
      return HIDES_TEXT
  }
}
