/** Counts of requests by duration, as a column of `/api/traces/heatmap` has them. Bounds are milliseconds. */
export interface Distribution {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
  readonly total: number
}

/** The answer of `/api/traces/heatmap` with one column. */
export interface HeatmapAnswer {
  readonly bounds: readonly string[]
  readonly counts: ReadonlyArray<readonly number[]>
  readonly spans: number
}

export function distributionOf({ bounds, counts }: HeatmapAnswer): Distribution {
  const [column = []] = counts
  return {
    bounds: bounds.map((bound) => Number(bound) / 1e6),
    counts: column,
    total: column.reduce((sum, count) => sum + count, 0),
  }
}

/** Requests that took less, as a share from 0 to 1. */
export function shareBelow({ bounds, counts, total }: Distribution, ms: number): number {
  if (total === 0) return 0
  let below = 0
  for (const [row, count] of counts.entries()) {
    const [from = 0, to = 0] = [bounds[row], bounds[row + 1]]
    if (to <= ms) below += count
    else if (from < ms) below += count * ((ms - from) / (to - from))
  }
  return below / total
}

/** The duration that a share of the requests does not exceed, in milliseconds. */
export function quantileOf({ bounds, counts, total }: Distribution, share: number): number {
  let left = share * total
  for (const [row, count] of counts.entries()) {
    const [from = 0, to = 0] = [bounds[row], bounds[row + 1]]
    if (count > 0 && left <= count) return from + (to - from) * (left / count)
    left -= count
  }
  return bounds.at(-1) ?? 0
}
