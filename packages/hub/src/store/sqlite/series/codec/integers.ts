import type { ByteReader, ByteWriter } from './bytes.ts'

/**
 * Largest magnitude of the integers that are written. The difference of two of them, doubled for its sign, has to fit into
 * the 53 bits of a double.
 */
export const LARGEST_INTEGER = 2 ** 50

/**
 * Writes integers, small ones in few bytes: each is a varint whose lowest bit is the sign. A run of zeros is a zero and the
 * number of zeros after it.
 */
export function writeIntegers(writer: ByteWriter, integers: Float64Array, count: number): void {
  for (let index = 0; index < count; index++) {
    const value = integers[index] ?? 0
    if (value === 0) {
      const first = index
      while (index + 1 < count && integers[index + 1] === 0) index++
      writer.byte(0)
      writer.varint(index - first)
    } else writer.varint(value > 0 ? value * 2 : value * -2 - 1)
  }
}

/** Reads what `writeIntegers` has written. */
export function readIntegers(reader: ByteReader, integers: Float64Array, count: number): void {
  for (let index = 0; index < count; index++) {
    const value = reader.varint()
    if (value === 0) {
      const last = Math.min(index + reader.varint(), count - 1)
      integers.fill(0, index, last + 1)
      index = last
    } else integers[index] = value % 2 === 0 ? value / 2 : (value + 1) / -2
  }
}
