import { splitMs } from './bytes.ts'
import type { Field, Prepared, Writer } from './writer.ts'

/** Limit of the key cache, against an endless variety of keys. */
const REMEMBERED_KEYS = 1_000
const REMEMBERED_KEY_LENGTH = 100

/**
 * Writes the JSON of OTLP (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in
 * hexadecimal, enums as numbers, 64-bit integers as strings. An entry has two lines, its scope and itself:
 * JSON text contains no line break.
 */
export class JsonWriter implements Writer {
  #text = ''
  /** The separator before the next value. */
  #comma = ''
  readonly #keys = new Map<string, string>()

  begin(scope: Prepared): void {
    this.#text = ''
    this.#comma = ''
    scope()
    this.#text += '\n{'
    this.#comma = ''
  }

  finish(): Uint8Array {
    return Buffer.from(`${this.#text}}`)
  }

  size(): number {
    return this.#text.length
  }

  prepare(write: () => void): Prepared {
    const text = this.#text
    const comma = this.#comma
    this.#text = ''
    this.#comma = ''
    write()
    const piece = this.#text
    this.#text = text
    this.#comma = comma
    return piece === '' ? () => {} : () => this.#value(piece)
  }

  open({ name }: Field): void {
    this.#begin(`"${name}":{`)
  }

  openItem(): void {
    this.#begin('{')
  }

  close(): void {
    this.#end('}')
  }

  openList({ name }: Field): void {
    this.#begin(`"${name}":[`)
  }

  closeList(): void {
    this.#end(']')
  }

  text({ name }: Field, value: string): void {
    this.#value(`"${name}":${quoted(value)}`)
  }

  textAttribute(_list: Field, key: string, value: string): void {
    this.#value(`${this.#key(key)}{"stringValue":${quoted(value)}}}`)
  }

  listedTextAttribute(_list: Field, key: string, value: string): void {
    this.#value(`${this.#key(key)}{"arrayValue":{"values":[{"stringValue":${quoted(value)}}]}}}`)
  }

  longAttribute(_list: Field, key: string, value: number): void {
    this.#value(`${this.#key(key)}{"intValue":"${value}"}}`)
  }

  hex({ name }: Field, digits: string): void {
    this.#value(`"${name}":${quoted(digits)}`)
  }

  bytes({ name }: Field, value: Uint8Array): void {
    this.#value(
      `"${name}":"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`,
    )
  }

  bool({ name }: Field, value: boolean): void {
    this.#value(`"${name}":${value}`)
  }

  int({ name }: Field, value: number): void {
    this.#value(`"${name}":${value}`)
  }

  long({ name }: Field, value: number | bigint): void {
    this.#value(`"${name}":"${value}"`)
  }

  fixed32(of: Field, value: number): void {
    this.int(of, value)
  }

  fixed64(of: Field, value: number): void {
    this.long(of, value)
  }

  time({ name }: Field, ms: number): void {
    const { whole, nanos } = splitMs(ms > 0 ? ms : 0)
    this.#value(`"${name}":"${whole > 0 ? `${whole}${String(nanos).padStart(6, '0')}` : nanos}"`)
  }

  double({ name }: Field, value: number): void {
    this.#value(`"${name}":${doubleText(value)}`)
  }

  counts({ name }: Field, values: readonly number[]): void {
    this.#value(`"${name}":[${values.length > 0 ? `"${values.join('","')}"` : ''}]`)
  }

  doubles({ name }: Field, values: readonly number[]): void {
    this.#value(`"${name}":[${values.map(doubleText).join()}]`)
  }

  #value(text: string): void {
    this.#text += this.#comma + text
    this.#comma = ','
  }

  #begin(text: string): void {
    this.#text += this.#comma + text
    this.#comma = ''
  }

  #end(bracket: string): void {
    this.#text += bracket
    this.#comma = ','
  }

  /** The JSON before the value of an attribute with this key. */
  #key(key: string): string {
    let remembered = this.#keys.get(key)
    if (remembered === undefined) {
      remembered = `{"key":${quoted(key)},"value":`
      if (this.#keys.size < REMEMBERED_KEYS && key.length <= REMEMBERED_KEY_LENGTH)
        this.#keys.set(key, remembered)
    }
    return remembered
  }
}

/** Printable ASCII without quotation marks and backslashes: it needs no escaping. */
const PLAIN = /^[ !#-[\]-~]*$/

/**
 * A lone surrogate is no valid text. Strict readers reject the escape that `JSON.stringify` writes for it.
 */
function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  return JSON.stringify(text.toWellFormed())
}

/**
 * Values without a JSON number (NaN, ±Infinity) are strings: https://protobuf.dev/programming-guides/json/
 */
function doubleText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return `"${value}"`
}
