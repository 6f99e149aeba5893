/**
 * A quantile of values, interpolated between neighbours. Sorts the values in place. A NaN counts as the smallest value, as
 * in Prometheus.
 */
export function quantileOf(rank: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(rank)) return NaN
  if (rank < 0) return -Infinity
  if (rank > 1) return Infinity
  values.sort()
  // JavaScript sorts NaN to the end.
  let missing = 0
  while (missing < values.length && Number.isNaN(values[values.length - 1 - missing])) missing++
  const at = (index: number) => (index < missing ? NaN : (values[index - missing] ?? NaN))

  const position = rank * (values.length - 1)
  const lower = Math.max(0, Math.floor(position))
  const upper = Math.min(values.length - 1, lower + 1)
  const weight = position - Math.floor(position)
  return at(lower) * (1 - weight) + at(upper) * weight
}
