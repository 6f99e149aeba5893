/** Samples of one commit, in the order in which they were added: each has a series, a time and a value. */
export interface Batch {
  readonly count: number
  readonly series: Uint32Array
  /** Milliseconds after `base`. */
  readonly offsets: Uint32Array
  readonly base: number
  readonly values: Float64Array
}

const BYTES_OF_SAMPLE = 16

/** Columns of numbers as they are in memory, which costs nothing but a copy: a batch is transposed within a minute. */
export function encodeBatch({ count, series, offsets, values }: Batch): Uint8Array {
  const encoded = new Uint8Array(count * BYTES_OF_SAMPLE)
  new Float64Array(encoded.buffer, 0, count).set(values.subarray(0, count))
  new Uint32Array(encoded.buffer, count * 8, count).set(offsets.subarray(0, count))
  new Uint32Array(encoded.buffer, count * 12, count).set(series.subarray(0, count))
  return encoded
}

/** Views on the memory of what `encodeBatch` has made. */
export function decodeBatch(encoded: Uint8Array, base: number): Batch {
  // Numbers are read in place, which requires an aligned start.
  const aligned = encoded.byteOffset % 8 === 0 ? encoded : encoded.slice()
  const count = Math.floor(aligned.length / BYTES_OF_SAMPLE)
  const { buffer, byteOffset } = aligned
  return {
    count,
    base,
    values: new Float64Array(buffer, byteOffset, count),
    offsets: new Uint32Array(buffer, byteOffset + count * 8, count),
    series: new Uint32Array(buffer, byteOffset + count * 12, count),
  }
}
