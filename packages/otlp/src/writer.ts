/**
 * OTLP has one data model and two encodings, protobuf and JSON: https://opentelemetry.io/docs/specs/otlp/.
 * Each message is described once, as calls of a {@link Writer}. Each encoding has its own writer.
 */

/** The encodings of OTLP over HTTP. */
export type Encoding = 'protobuf' | 'json'

/** A field of a message, with its number (protobuf) and name (JSON). */
export interface Field {
  readonly number: number
  readonly name: string
  /** The name in the `.proto` file, which readers of JSON accept too. */
  readonly original: string
}

/** Creates a field from its number and JSON name in the `.proto` files of OpenTelemetry. */
export function field(number: number, name: string): Field {
  return { number, name, original: name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`) }
}

/** Writes prepared content again. */
export type Prepared = () => void

/**
 * Writes one entry of a batch (a span, a metric, a log record) with its scope. Each call writes its field,
 * whatever the value: skip the call to leave out a field.
 */
export interface Writer {
  /** Begins an entry. Discards an unfinished one. */
  begin(scope: Prepared): void
  /** Ends the entry and returns its bytes. The caller may keep them. */
  finish(): Uint8Array
  /** Size of the entry so far: bytes in protobuf, characters in JSON. */
  size(): number
  /** Makes the output of `write` repeatable, at the cost of a copy. */
  prepare(write: () => void): Prepared

  /** Begins a message field. */
  open(field: Field): void
  /** Begins a message in the list opened for the same field. */
  openItem(field: Field): void
  close(): void
  openList(field: Field): void
  closeList(): void

  text(field: Field, value: string): void
  /** Writes a key and a string in one call, since most attributes are strings. */
  textAttribute(list: Field, key: string, value: string): void
  /** Writes a key and a list of one string, the form of headers in the semantic conventions. */
  listedTextAttribute(list: Field, key: string, value: string): void
  /** Writes a key and a safe integer. */
  longAttribute(list: Field, key: string, value: number): void
  /** Writes an id from hexadecimal digits. */
  hex(field: Field, digits: string): void
  bytes(field: Field, value: Uint8Array): void
  bool(field: Field, value: boolean): void
  /** Writes a `uint32` or an enum: a natural number below 2^32. */
  int(field: Field, value: number): void
  /** Writes an `int64`. A number must be a safe integer. */
  long(field: Field, value: number | bigint): void
  fixed32(field: Field, value: number): void
  /** Writes a `fixed64` or `sfixed64` from a safe integer. */
  fixed64(field: Field, value: number): void
  /** Writes a time, given in milliseconds since the epoch, as nanoseconds. */
  time(field: Field, ms: number): void
  double(field: Field, value: number): void
  /** Writes a list of `fixed64`. */
  counts(field: Field, values: readonly number[]): void
  doubles(field: Field, values: readonly number[]): void
}
