import { descending } from '../evaluate/ordered.ts'
import type { StepSeries } from '../evaluate/series.ts'

/** Orders an instant vector by its values, NaN last. Series of several steps have no such order and stay as they are. */
export function sorted(
  series: readonly StepSeries[],
  isLess: (a: number, b: number) => boolean,
): readonly StepSeries[] {
  if (series[0]?.values.length !== 1) return series
  return descending(series, ({ values }) => values[0] ?? NaN, isLess)
}
