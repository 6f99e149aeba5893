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

/** Reads what `writeIntegers` has written, into the places from `at` on. */
export function readIntegers(reader: ByteReader, integers: Float64Array, at: number, count: number): void {
  const { bytes } = reader
  const end = at + count
  let { position } = reader
  for (let index = at; index < end; index++) {
    // Most integers have one byte or two, which are read without a call.
    let value = bytes[position++] ?? 0
    if (value >= 0x80) {
      const second = bytes[position++] ?? 0
      if (second < 0x80) value = (value & 0x7f) | (second << 7)
      else {
        reader.position = position - 2
        value = reader.varint()
        position = reader.position
      }
    }
    if (value === 0) {
      reader.position = position
      const last = Math.min(index + reader.varint(), end - 1)
      position = reader.position
      // Typed arrays are filled with a call, which costs more than a short run.
      for (; index < last; index++) integers[index] = 0
      integers[index] = 0
    } else if (value < 0x4000) integers[index] = (value & 1) === 0 ? value >> 1 : -((value + 1) >> 1)
    else integers[index] = value % 2 === 0 ? value / 2 : (value + 1) / -2
  }
  reader.position = position
}
