/** Names of metrics that only increase, by the conventions of Prometheus. */
const INCREASING_NAME = /_(?:total|bucket|count|sum)$/

/** Whether a series counts something, from its name and what is known of the metric. */
export function isIncreasing(name: string, type: string | undefined): boolean {
  return type === 'counter' || INCREASING_NAME.test(name)
}

const STALE_LOW = 2
const STALE_HIGH = 0x7ff00000

/**
 * Keeps the last sample of each interval of `resolution` milliseconds, with its own time. Besides, it keeps staleness
 * markers and the samples before them; and of an increasing series the samples before and after each reset, without which `rate` and
 * `increase` would miss what was counted until then. Works in place and returns the number of samples that are left.
 *
 * What remains exact: counters at the ends of intervals and so their increase between any two of them. What becomes an estimate:
 * `max_over_time` and other functions of single samples of a gauge, which see one sample of each interval.
 */
export function thin(
  times: Float64Array,
  values: Float64Array,
  count: number,
  resolution: number,
  increasing: boolean,
): number {
  const halves = new Uint32Array(values.buffer, values.byteOffset, count * 2)
  const isStale = (index: number): boolean =>
    halves[2 * index] === STALE_LOW && halves[2 * index + 1] === STALE_HIGH
  let kept = 0
  let isFallen = false
  for (let index = 0; index < count; index++) {
    const next = index + 1
    // Of the original samples: those before `index` may have been overwritten.
    const isReset = isFallen
    isFallen = increasing && (values[next] ?? 0) < (values[index] ?? 0)
    const isKept =
      next === count ||
      Math.floor((times[index] ?? 0) / resolution) !== Math.floor((times[next] ?? 0) / resolution) ||
      isReset ||
      isFallen ||
      isStale(index) ||
      isStale(next)
    if (!isKept) continue
    times[kept] = times[index] ?? 0
    // Copied as bits: a marker is a NaN whose bits have to survive.
    halves[2 * kept] = halves[2 * index] ?? 0
    halves[2 * kept + 1] = halves[2 * index + 1] ?? 0
    kept++
  }
  return kept
}
