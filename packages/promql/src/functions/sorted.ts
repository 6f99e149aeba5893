import type { StepSeries } from '../evaluate/series.ts'

/** Orders an instant vector by its values, NaN last. Series of several steps have no such order and stay as they are. */
export function sorted(series: readonly StepSeries[], direction: -1 | 1): readonly StepSeries[] {
  if (series[0]?.values.length !== 1) return series
  return series.toSorted((a, b) => {
    const [left, right] = [a.values[0] ?? NaN, b.values[0] ?? NaN]
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
    return (left < right ? -1 : left > right ? 1 : 0) * direction
  })
}
