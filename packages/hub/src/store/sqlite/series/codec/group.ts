import { ByteReader, ByteWriter } from './bytes.ts'
import { readTimes, writeTimes } from './times.ts'
import { readValues, Scratch, writeValues } from './values.ts'

/** Series of neighbouring numbers are stored together: those of a histogram share their times. */
export const GROUP_SIZE = 64

/** How many columns of times a series is compared with. */
const COMPARED_COLUMNS = 4

/** Samples of a series within a group. */
export interface GroupSeries {
  /** The number of the series within the group. */
  readonly slot: number
  readonly times: Float64Array
  readonly values: Float64Array
}

/**
 * Encodes samples of the series of one group: columns of times, each written once for all series that share it; a directory of
 * the series; their values. Belongs to one thread, and keeps its memory.
 */
export class GroupEncoder {
  readonly #columns = new ByteWriter()
  readonly #column = new ByteWriter()
  readonly #directory = new ByteWriter()
  readonly #values = new ByteWriter()
  readonly #whole = new ByteWriter()
  readonly #scratch = new Scratch()
  /** Start and end of each column in the arrays that it was taken from. */
  #known: Array<{ readonly times: Float64Array; readonly from: number; readonly to: number }> = []
  #series = 0

  /** Adds the samples from `from` up to `to` of the arrays, which must not change before `finish`. */
  add(slot: number, times: Float64Array, values: Float64Array, from: number, to: number): void {
    const before = this.#values.length
    writeValues(this.#values, values, from, to, this.#scratch)
    this.#directory.byte(slot)
    this.#directory.varint(this.#columnOf(times, from, to))
    this.#directory.varint(this.#values.length - before)
    this.#series++
  }

  get isEmpty(): boolean {
    return this.#series === 0
  }

  /** The encoded group, in memory of its own. */
  finish(): Uint8Array {
    const whole = this.#whole
    whole.varint(this.#known.length)
    whole.bytes(this.#columns.written())
    whole.varint(this.#directory.length)
    whole.bytes(this.#directory.written())
    whole.bytes(this.#values.written())
    const encoded = whole.written().slice()
    for (const part of [this.#columns, this.#directory, this.#values, whole]) part.clear()
    this.#known = []
    this.#series = 0
    return encoded
  }

  #columnOf(times: Float64Array, from: number, to: number): number {
    const known = this.#known
    for (let column = known.length - 1; column >= Math.max(0, known.length - COMPARED_COLUMNS); column--) {
      const other = known[column]
      if (other !== undefined && isEqual(times, from, to, other)) return column
    }
    this.#column.clear()
    writeTimes(this.#column, times, from, to, this.#scratch.reserve(to - from))
    this.#columns.varint(this.#column.length)
    this.#columns.bytes(this.#column.written())
    return known.push({ times, from, to }) - 1
  }
}

function isEqual(
  times: Float64Array,
  from: number,
  to: number,
  other: { readonly times: Float64Array; readonly from: number; readonly to: number },
): boolean {
  if (other.to - other.from !== to - from) return false
  for (let index = from, counterpart = other.from; index < to; index++, counterpart++)
    if (times[index] !== other.times[counterpart]) return false
  return true
}

/** Where the samples of a series are within an encoded group. Series that share their times have the same array. */
export interface GroupPart {
  readonly slot: number
  readonly times: Float64Array
  readonly encoded: Uint8Array
  /** Of the values in `encoded`. */
  readonly position: number
}

/** Finds those series of a group whose slot is wanted and that have samples between `start` and `end`, both included. */
export function partsOf(
  encoded: Uint8Array,
  isWanted: (slot: number) => boolean,
  start: number,
  end: number,
): GroupPart[] {
  const reader = new ByteReader(encoded)
  const positions: number[] = []
  for (let rest = reader.varint(); rest > 0; rest--) {
    const length = reader.varint()
    positions.push(reader.position)
    reader.position += length
  }
  const columns: Float64Array[] = []
  const values = reader.varint() + reader.position
  let position = values
  const found: GroupPart[] = []
  while (reader.position < values) {
    const slot = reader.byte()
    const column = reader.varint()
    const length = reader.varint()
    if (isWanted(slot)) {
      const times = (columns[column] ??= readTimes(new ByteReader(encoded, positions[column])))
      if ((times[0] ?? Infinity) <= end && (times[times.length - 1] ?? -Infinity) >= start)
        found.push({ slot, times, encoded, position })
    }
    position += length
  }
  return found
}

/** Decodes the values of a part, into the places from `at` on. */
export function readPart({ encoded, position, times }: GroupPart, values: Float64Array, at: number): void {
  readValues(new ByteReader(encoded, position), values, at, times.length)
}

/** Decodes the wanted series of a group, as `partsOf` finds them. */
export function decodeGroup(
  encoded: Uint8Array,
  isWanted: (slot: number) => boolean,
  start: number,
  end: number,
): GroupSeries[] {
  return partsOf(encoded, isWanted, start, end).map((part) => {
    const values = new Float64Array(part.times.length)
    readPart(part, values, 0)
    return { slot: part.slot, times: part.times, values }
  })
}
