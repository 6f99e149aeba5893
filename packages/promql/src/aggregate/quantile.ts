import type { StepSeries } from '../evaluate/series.ts'
import { quantileOf } from '../functions/quantile.ts'

/** A quantile of each step's values. */
export function quantiles(output: StepSeries, members: readonly StepSeries[], ranks: Float64Array): void {
  const values = new Float64Array(members.length)
  for (let step = 0; step < output.present.length; step++) {
    let count = 0
    for (const member of members) {
      if (member.present[step] === 1) values[count++] = member.values[step] ?? NaN
    }
    if (count === 0) continue
    output.present[step] = 1
    output.values[step] = quantileOf(ranks[step] ?? NaN, values.subarray(0, count))
  }
}
