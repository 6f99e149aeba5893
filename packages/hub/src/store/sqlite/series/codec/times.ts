import type { ByteReader, ByteWriter } from './bytes.ts'
import { readIntegers, writeIntegers } from './integers.ts'

/**
 * Writes ascending times, whole milliseconds: the first, the distance of the second, then how much each distance
 * differs from the one before. Samples of a regular interval take nearly no space.
 */
export function writeTimes(
  writer: ByteWriter,
  times: Float64Array,
  from: number,
  to: number,
  scratch: Float64Array,
): void {
  let previous = 0
  let distance = 0
  for (let index = from; index < to; index++) {
    const time = times[index] ?? 0
    const next = time - previous
    scratch[index - from] = next - distance
    // The distance of the first from 1970 says nothing about that of the second.
    distance = index === from ? 0 : next
    previous = time
  }
  writer.varint(to - from)
  writeIntegers(writer, scratch, to - from)
}

/** Reads what `writeTimes` has written. */
export function readTimes(reader: ByteReader): Float64Array {
  const count = reader.varint()
  const times = new Float64Array(count)
  readIntegers(reader, times, 0, count)
  let previous = 0
  let distance = 0
  for (let index = 0; index < count; index++) {
    const next = distance + (times[index] ?? 0)
    previous += next
    times[index] = previous
    distance = index === 0 ? 0 : next
  }
  return times
}
