import type { ByteReader, ByteWriter } from './bytes.ts'
import { LARGEST_INTEGER, readIntegers, writeIntegers } from './integers.ts'

/** All values have the same bits, which follow. */
const CONSTANT = 0
/** Bits that differ from those of the value before. */
const XOR = 1
/** From here on: multiplied by `FACTORS[mode - SCALED]`, the values are integers. */
const SCALED = 2
const FACTORS = [1, 1e1, 1e2, 1e3, 1e6, 1e9]

/** Buffers for the values of one series. `length` is the largest number of values. */
export class Scratch {
  numbers = new Float64Array(1_024)

  reserve(count: number): Float64Array {
    if (this.numbers.length < count) this.numbers = new Float64Array(count * 2)
    return this.numbers
  }
}

/**
 * Writes values without loss of a bit, NaNs and negative zeros included. Counts and measurements with few decimals are
 * written as differences of integers, all others as differences of bits.
 */
export function writeValues(
  writer: ByteWriter,
  values: Float64Array,
  from: number,
  to: number,
  scratch: Scratch,
): void {
  const count = to - from
  const halves = new Uint32Array(values.buffer, values.byteOffset + from * 8, count * 2)
  if (isConstant(halves)) {
    writer.byte(CONSTANT)
    for (let index = 0; index < 8; index++)
      writer.byte(((halves[index >> 2] ?? 0) >>> (8 * (index & 3))) & 0xff)
    return
  }
  const numbers = scratch.reserve(count)
  const scale = scaled(values, from, to, numbers)
  if (scale === -1) {
    writer.byte(XOR)
    writeBits(writer, halves)
    return
  }
  for (let index = count - 1; index > 0; index--)
    numbers[index] = (numbers[index] ?? 0) - (numbers[index - 1] ?? 0)
  writer.byte(SCALED + scale)
  writeIntegers(writer, numbers, count)
}

/** Reads `count` values that `writeValues` has written, into the places from `at` on. */
export function readValues(reader: ByteReader, values: Float64Array, at: number, count: number): void {
  const mode = reader.byte()
  if (mode >= SCALED) {
    readIntegers(reader, values, at, count)
    const factor = FACTORS[mode - SCALED] ?? 1
    let sum = 0
    for (let index = at; index < at + count; index++) {
      sum += values[index] ?? 0
      values[index] = factor === 1 ? sum : sum / factor
    }
    return
  }
  const halves = new Uint32Array(values.buffer, values.byteOffset + at * 8, count * 2)
  if (mode === XOR) readBits(reader, halves)
  else readConstant(reader, halves)
}

function readConstant(reader: ByteReader, halves: Uint32Array): void {
  let low = 0
  let high = 0
  for (let index = 0; index < 32; index += 8) low |= reader.byte() << index
  for (let index = 0; index < 32; index += 8) high |= reader.byte() << index
  for (let index = 0; index < halves.length; index += 2) {
    halves[index] = low
    halves[index + 1] = high
  }
}

function isConstant(halves: Uint32Array): boolean {
  const low = halves[0]
  const high = halves[1]
  for (let index = 2; index < halves.length; index += 2)
    if (halves[index] !== low || halves[index + 1] !== high) return false
  return true
}

/** Fills in the values as integers. The index of the smallest factor that makes them integers, or -1. */
function scaled(values: Float64Array, from: number, to: number, numbers: Float64Array): number {
  let scale = 0
  let checked = from
  for (let index = from; index < to; index++) {
    const value = values[index] ?? 0
    for (;;) {
      const factor = FACTORS[scale]
      if (factor === undefined) return -1
      const number = Math.round(value * factor)
      // Division by a power of ten is exact where the value was written with that many decimals.
      if (number / factor === value && Math.abs(number) < LARGEST_INTEGER && !Object.is(value, -0)) break
      scale++
      checked = index
    }
  }
  const factor = FACTORS[scale] ?? 1
  for (let index = from; index < to; index++) {
    const number = Math.round((values[index] ?? 0) * factor)
    // Those before `checked` were seen with a smaller factor.
    if (index < checked && (number / factor !== values[index] || Math.abs(number) >= LARGEST_INTEGER))
      return -1
    numbers[index - from] = number
  }
  return scale
}

/** A byte with the number of leading zero bytes and of significant ones, and these. No difference is a zero byte with a count. */
function writeBits(writer: ByteWriter, halves: Uint32Array): void {
  let previousLow = 0
  let previousHigh = 0
  for (let index = 0; index < halves.length; index += 2) {
    const low = (halves[index] ?? 0) ^ previousLow
    const high = (halves[index + 1] ?? 0) ^ previousHigh
    if (low === 0 && high === 0) {
      let same = 0
      while (halves[index + 2] === previousLow >>> 0 && halves[index + 3] === previousHigh >>> 0) {
        same++
        index += 2
      }
      writer.byte(0)
      writer.varint(same)
      continue
    }
    previousLow ^= low
    previousHigh ^= high
    const leading = high === 0 ? 4 + (Math.clz32(low) >> 3) : Math.clz32(high) >> 3
    const trailing = low === 0 ? 4 + trailingBytes(high) : trailingBytes(low)
    writer.byte((leading << 4) | (8 - leading - trailing))
    for (let byte = trailing; byte < 8 - leading; byte++)
      writer.byte(((byte < 4 ? low : high) >>> (8 * (byte & 3))) & 0xff)
  }
}

function trailingBytes(half: number): number {
  return (31 - Math.clz32(half & -half)) >> 3
}

function readBits(reader: ByteReader, halves: Uint32Array): void {
  const { bytes } = reader
  let { position } = reader
  let low = 0
  let high = 0
  for (let index = 0; index < halves.length; index += 2) {
    const header = bytes[position++] ?? 0
    if (header === 0) {
      reader.position = position
      const last = Math.min(index + 2 * reader.varint(), halves.length - 2)
      position = reader.position
      for (; index < last; index += 2) {
        halves[index] = low
        halves[index + 1] = high
      }
    } else {
      const end = 8 - (header >> 4)
      for (let byte = end - (header & 15); byte < end; byte++) {
        const bits = (bytes[position++] ?? 0) << (8 * (byte & 3))
        if (byte < 4) low ^= bits
        else high ^= bits
      }
    }
    halves[index] = low
    halves[index + 1] = high
  }
  reader.position = position
}
