/**
 * The value below which a share of the observations of a histogram lies, interpolated within its bucket: `histogram_quantile` of one
 * histogram at one time. NaN without observations or without a bucket of all of them.
 *
 * @param rank The share, 0 to 1
 * @param bounds How large a value may be to be counted in a bucket, ascending. The last one is infinite
 * @param counts Observations up to each bound. Counts that decrease from one bucket to the next, as scrapes that are not atomic make them,
 *   are raised to the one before, in place
 */
export function bucketQuantile(rank: number, bounds: Float64Array, counts: Float64Array): number {
  const size = bounds.length
  if (Number.isNaN(rank)) return NaN
  if (rank < 0) return -Infinity
  if (rank > 1) return Infinity
  if (bounds[size - 1] !== Infinity) return NaN
  let highest = counts[0] ?? NaN
  for (let index = 1; index < size; index++) {
    const count = counts[index] ?? NaN
    if (count > highest) highest = count
    else if (count < highest) counts[index] = highest
  }
  const observations = counts[size - 1] ?? NaN
  if (size < 2 || observations === 0) return NaN

  const position = rank * observations
  const index = firstReaching(counts, size - 1, position)
  const bound = bounds[index] ?? NaN
  if (index === size - 1) return bounds[size - 2] ?? NaN
  if (index === 0) return bound <= 0 ? bound : bound * (position / (counts[0] ?? NaN))
  const below = counts[index - 1] ?? NaN
  const start = bounds[index - 1] ?? NaN
  return start + (bound - start) * ((position - below) / ((counts[index] ?? NaN) - below))
}

/** The first of the buckets whose count reaches a position, by binary search; `size` where none does. */
function firstReaching(counts: Float64Array, size: number, position: number): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((counts[middle] ?? NaN) >= position) high = middle
    else low = middle + 1
  }
  return low
}
