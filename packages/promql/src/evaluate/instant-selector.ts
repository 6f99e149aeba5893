import type { VectorSelector } from '../parse/expression.ts'
import type { Context } from './context.ts'
import type { LoadedSeries } from './samples.ts'
import { Outputs, type Steps, type StepSeries } from './series.ts'

/** How far the sample times of a selector lie before the steps: its offset, and what `@` adds to it. */
export function shiftOf({ offset, at }: { offset: number; at?: unknown }, { start }: Steps): number {
  return typeof at === 'number' ? start - at + offset : offset
}

/** The newest sample of each series at each step, unless it is older than the lookback or a staleness marker. */
export async function selected(
  context: Context,
  selector: VectorSelector,
  steps: Steps,
): Promise<StepSeries[]> {
  const seen = seenAt(context, steps, shiftOf(selector, steps), steps.interval)
  return each(context, selector, steps, (series, output) => {
    newest(series, seen, (step, index) => {
      output.present[step] = 1
      output.values[step] = series.values[index] ?? NaN
    })
  })
}

/** As `selected`, with the seconds of the samples in place of their values: `timestamp()` of a selector. */
export async function selectedTimes(
  context: Context,
  selector: VectorSelector,
  steps: Steps,
): Promise<StepSeries[]> {
  // With `@`, each step sees the same time, and Prometheus leaves out the offset.
  const { at, offset } = selector
  const isFixed = typeof at === 'number'
  const seen = seenAt(context, steps, isFixed ? steps.start - at : offset, isFixed ? 0 : steps.interval)
  return each(context, selector, steps, (series, output) => {
    newest(series, seen, (step, index) => {
      output.present[step] = 1
      output.values[step] = (series.times[index] ?? NaN) / 1000
    })
  })
}

async function each(
  context: Context,
  selector: VectorSelector,
  steps: Steps,
  fill: (series: LoadedSeries, output: StepSeries) => void,
): Promise<StepSeries[]> {
  const outputs = new Outputs(steps, context.budget)
  for (const series of context.loaded(selector)) {
    if (context.budget.isDue(steps.count + series.times.length)) await context.budget.pause()
    if (series.times.length > 0) fill(series, outputs.series(series.labels))
  }
  return outputs.finished()
}

/** The times between which each step sees the newest sample, both included. */
interface Seen {
  readonly oldest: Float64Array
  readonly newest: Float64Array
}

function seenAt(context: Context, { start, count }: Steps, shift: number, interval: number): Seen {
  const last = Float64Array.from({ length: count }, (_, step) => start + step * interval - shift)
  return { oldest: last.map((time) => time - context.lookbackAt(time)), newest: last }
}

/** Calls back with each step that has a sample, and the index of it. */
function newest(
  { times, stale }: LoadedSeries,
  seen: Seen,
  found: (step: number, index: number) => void,
): void {
  let next = 0
  for (let step = 0; step < seen.newest.length; step++) {
    const time = seen.newest[step] ?? NaN
    while (next < times.length && (times[next] ?? Infinity) <= time) next++
    const index = next - 1
    if (index < 0 || (times[index] ?? -Infinity) < (seen.oldest[step] ?? NaN) || stale?.[index] === 1)
      continue
    found(step, index)
  }
}
