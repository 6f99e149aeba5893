/**
 * OTLP has one data model and two encodings of it, protobuf and JSON: https://opentelemetry.io/docs/specs/otlp/. Each
 * message is described once, as calls of a {@link Writer}; there is one writer for each encoding.
 */

/** The encodings that OTLP knows over HTTP. */
export type Encoding = 'protobuf' | 'json'

/** One field of a message, as both encodings call it. */
export interface Field {
  readonly number: number
  readonly name: string
}

/** Names a field by its number and its JSON name in the `.proto` files of OpenTelemetry. */
export function field(number: number, name: string): Field {
  return { number, name }
}

/** Writes once more what it was prepared from. */
export type Prepared = () => void

/**
 * Writes one entry of a batch (a span, a metric, a log record) together with the scope that it belongs to. Every call
 * writes, whatever the value is: a field that shall be absent is not written at all.
 */
export interface Writer {
  /** Begins an entry, and forgets one that was begun and never finished. */
  begin(scope: Prepared): void
  /** Ends the entry: its bytes, which are the caller's to keep. */
  finish(): Uint8Array
  /** How large the entry is so far: bytes, or in JSON characters. */
  size(): number
  /** Makes what `write` writes repeatable at the cost of a copy. */
  prepare(write: () => void): Prepared

  /** Begins a field that is a message. */
  open(field: Field): void
  /** Begins a message in the list that was opened for the same field. */
  openItem(field: Field): void
  close(): void
  openList(field: Field): void
  closeList(): void

  text(field: Field, value: string): void
  /** A key and a text: what most attributes are, and therefore in one call. */
  textAttribute(list: Field, key: string, value: string): void
  /** The same with a list of one text: the conventions have headers so. */
  listedTextAttribute(list: Field, key: string, value: string): void
  /** A key and a safe integer. */
  longAttribute(list: Field, key: string, value: number): void
  /** An id in hexadecimal digits. */
  hex(field: Field, digits: string): void
  bytes(field: Field, value: Uint8Array): void
  bool(field: Field, value: boolean): void
  /** An `uint32` or an enum: a natural number below 2^32. */
  int(field: Field, value: number): void
  /** An `int64`. A number must be a safe integer. */
  long(field: Field, value: number | bigint): void
  fixed32(field: Field, value: number): void
  /** A `fixed64` or `sfixed64`: a safe integer. */
  fixed64(field: Field, value: number): void
  /** A moment in milliseconds since the epoch, written in nanoseconds. */
  time(field: Field, ms: number): void
  double(field: Field, value: number): void
  /** A list of `fixed64`. */
  counts(field: Field, values: readonly number[]): void
  doubles(field: Field, values: readonly number[]): void
}
