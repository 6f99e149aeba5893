/** A column of numbers that grows. */
export class NumberColumn {
  values = new Float64Array(256)
  length = 0

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length++] = value
  }

  clear(): void {
    this.length = 0
  }
}

const HEAD = 13
/** Marks a column whose numbers are stored as doubles, since they are not integers or too far from each other. */
const DOUBLES = 8

/**
 * Stores numbers as small as their range allows: width in bytes (1), length (4), smallest number (8), then the differences to it in
 * planes, all first bytes before all second bytes. Planes compress better than the numbers themselves.
 */
export function encodeNumbers({ values, length }: NumberColumn): Uint8Array<ArrayBuffer> {
  let smallest = length > 0 ? Infinity : 0
  let largest = length > 0 ? -Infinity : 0
  let integers = true
  for (let i = 0; i < length; i++) {
    const value = values[i] ?? 0
    if (value < smallest) smallest = value
    if (value > largest) largest = value
    if (!Number.isSafeInteger(value) || (value === 0 && 1 / value < 0)) integers = false
  }
  const width = integers ? widthOf(largest - smallest) : DOUBLES
  const bytes = new Uint8Array(HEAD + width * length)
  const view = new DataView(bytes.buffer)
  bytes[0] = width
  view.setUint32(1, length, true)
  view.setFloat64(5, integers ? smallest : 0, true)
  if (width === DOUBLES) {
    const source = new Uint8Array(values.buffer)
    for (let plane = 0; plane < 8; plane++) {
      const start = HEAD + plane * length
      for (let i = 0; i < length; i++) bytes[start + i] = source[i * 8 + plane] ?? 0
    }
    return bytes
  }
  for (let i = 0; i < length; i++) {
    const difference = ((values[i] ?? 0) - smallest) >>> 0
    for (let plane = 0; plane < width; plane++) bytes[HEAD + plane * length + i] = difference >>> (plane * 8)
  }
  return bytes
}

function widthOf(range: number): number {
  if (range === 0) return 0
  if (range < 2 ** 8) return 1
  if (range < 2 ** 16) return 2
  if (range < 2 ** 24) return 3
  return range < 2 ** 32 ? 4 : DOUBLES
}

/** The numbers that {@link encodeNumbers} stored. */
export function decodeNumbers(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const width = bytes[0] ?? 0
  const length = view.getUint32(1, true)
  const smallest = view.getFloat64(5, true)
  const values = new Float64Array(length)
  if (width === DOUBLES) {
    const target = new Uint8Array(values.buffer)
    for (let plane = 0; plane < 8; plane++) {
      const start = HEAD + plane * length
      for (let i = 0; i < length; i++) target[i * 8 + plane] = bytes[start + i] ?? 0
    }
    return values
  }
  if (width === 1) {
    // The most frequent width, in one pass.
    for (let i = 0; i < length; i++) values[i] = smallest + (bytes[HEAD + i] ?? 0)
    return values
  }
  if (smallest !== 0) values.fill(smallest)
  for (let plane = 0, unit = 1; plane < width; plane++, unit *= 256) {
    const start = HEAD + plane * length
    for (let i = 0; i < length; i++) values[i] = (values[i] ?? 0) + (bytes[start + i] ?? 0) * unit
  }
  return values
}
