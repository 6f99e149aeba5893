import { delimited, varintOf } from '../random/encodings.ts'

export { delimited, varintOf }

/** Fields one after another. */
export const message = (...fields: readonly Uint8Array[]): Buffer => Buffer.concat(fields)

export const text = (field: number, value: string): Buffer => delimited(field, Buffer.from(value))

/** A varint field. */
export const number = (field: number, value: number): Buffer => message(varintOf(field << 3), varintOf(value))

/** A fixed64 field. */
export function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return message(varintOf((field << 3) | 1), bytes)
}

export function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return message(varintOf((field << 3) | 1), bytes)
}

/** A `KeyValue` with the content of an `AnyValue`. */
export const pair = (field: number, key: string, value: Uint8Array): Buffer =>
  delimited(field, message(text(1, key), delimited(2, value)))

/** An export request with these entries. */
export const request = (...entries: readonly Uint8Array[]): Buffer => requestOf(entries)

export const requestOf = (entries: readonly Uint8Array[]): Buffer =>
  delimited(1, delimited(2, Buffer.concat(entries.map((entry) => delimited(2, entry)))))

/** The ids of a span. */
export const IDS = message(delimited(1, Buffer.alloc(16, 1)), delimited(2, Buffer.alloc(8, 2)))
export const TIME = fixed64(3, 1_700_000_000_000_000_001n)
