import type { StepSeries } from '../evaluate/series.ts'

/**
 * Adds the values of one more series to a group, all steps at once. `output` holds the result so far, `counts` how many
 * values each step has had.
 */
export type Accumulator = (output: StepSeries, counts: Float64Array, series: StepSeries) => void

/** An accumulator of one value a step, with the value that the first sample of a step starts from. */
function stepwise(
  first: (value: number) => number,
  next: (held: number, value: number, count: number) => number,
): Accumulator {
  return (output, counts, { values, present }) => {
    for (let step = 0; step < present.length; step++) {
      if (present[step] === 0) continue
      const value = values[step] ?? NaN
      const count = (counts[step] ?? 0) + 1
      counts[step] = count
      output.values[step] = count === 1 ? first(value) : next(output.values[step] ?? NaN, value, count)
      output.present[step] = 1
    }
  }
}

const same = (value: number) => value

/** The mean of one value more. An infinite mean stays, as the difference to it would be no number. */
function nextMean(mean: number, value: number, count: number): number {
  if (Math.abs(mean) === Infinity && (value === mean || Number.isFinite(value))) return mean
  // Each side is divided on its own: the difference could overflow.
  return mean + (value / count - mean / count)
}

/** The aggregations that hold one number for each step. */
export const ACCUMULATORS: ReadonlyMap<string, Accumulator> = new Map([
  ['avg', stepwise(same, nextMean)],
  [
    'count',
    stepwise(
      () => 1,
      (_, __, count) => count,
    ),
  ],
  ['group', stepwise(() => 1, same)],
  ['max', stepwise(same, (held, value) => (held < value || Number.isNaN(held) ? value : held))],
  ['min', stepwise(same, (held, value) => (held > value || Number.isNaN(held) ? value : held))],
  ['sum', stepwise(same, (held, value) => held + value)],
])

/** The variance of each step, by Welford's method. */
export function variance(output: StepSeries, members: readonly StepSeries[]): void {
  const steps = output.present.length
  const counts = new Float64Array(steps)
  const means = new Float64Array(steps)
  for (const { values, present } of members) {
    for (let step = 0; step < steps; step++) {
      if (present[step] === 0) continue
      const value = values[step] ?? NaN
      const count = (counts[step] ?? 0) + 1
      const before = means[step] ?? 0
      counts[step] = count
      output.present[step] = 1
      if (count === 1) {
        means[step] = value
        continue
      }
      const mean = before + (value - before) / count
      means[step] = mean
      output.values[step] = (output.values[step] ?? 0) + (value - before) * (value - mean)
    }
  }
  for (let step = 0; step < steps; step++)
    output.values[step] = (output.values[step] ?? 0) / (counts[step] ?? 1)
}
