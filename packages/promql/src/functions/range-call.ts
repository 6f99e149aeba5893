import type { Context } from '../evaluate/context.ts'
import { anyPresent } from '../evaluate/presence.ts'
import { isRange, rangeVector } from '../evaluate/range-selector.ts'
import type { Samples } from '../evaluate/samples.ts'
import { distinct, Outputs, type Steps, type StepSeries, valued } from '../evaluate/series.ts'
import { METRIC_NAME } from '../labels/label-set.ts'
import type { Call } from '../parse/expression.ts'
import { unmarked } from '../plan/invariant.ts'
import { absentSeries } from './absent.ts'
import { OVER_TIME } from './over-time.ts'
import { RATES } from './rate.ts'
import { REGRESSIONS } from './regression.ts'
import type { RangeFunction, Window } from './window.ts'

const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = { ...OVER_TIME, ...RATES, ...REGRESSIONS }

/** Evaluates a function over a range vector: series by series, with one window that moves over its samples. */
export async function rangeCall(context: Context, call: Call, steps: Steps): Promise<StepSeries[]> {
  const { budget } = context
  const args = call.args.map(unmarked)
  const range = args.find(isRange)
  const apply = RANGE_FUNCTIONS[call.name]
  if (range === undefined || apply === undefined) return []
  const scalars: Float64Array[] = []
  for (const [index, arg] of args.entries()) {
    const original = call.args[index]
    if (!isRange(arg) && original !== undefined) scalars.push(await context.scalar(original, steps))
  }

  const vector = await rangeVector(context, range, steps)
  const outputs = new Outputs(steps, budget)
  const results: StepSeries[] = []
  const keepsName = call.name === 'last_over_time'
  for (const series of vector.series) {
    const output = outputs.blank(keepsName ? series.labels : series.labels.nameless())
    const windows = new MovingWindow(series, vector, steps, scalars)
    for (let step = 0; step < steps.count; step++) {
      if (!windows.move(step)) continue
      const value = apply(windows.window)
      if (budget.isDue(windows.window.to - windows.window.from)) await budget.pause()
      if (value === undefined) continue
      output.present[step] = 1
      output.values[step] = value
    }
    if (budget.isDue(steps.count)) await budget.pause()
    results.push(output)
  }
  if (call.name === 'absent_over_time')
    return absentSeries(context, range, anyPresent(results, steps.count), steps)
  // Series of one metric differ in other labels than the name.
  return keepsName || isOneMetric(vector.series) ? valued(results) : distinct(results)
}

function isOneMetric([first, ...others]: readonly Samples[]): boolean {
  const name = first?.labels.get(METRIC_NAME)
  return others.every(({ labels }) => labels.get(METRIC_NAME) === name)
}

/** The samples of one series that each step sees. Both ends only ever move forward. */
class MovingWindow {
  readonly window: Window
  readonly #range: { readonly range: number; readonly shift: number }
  readonly #steps: Steps
  readonly #scalars: readonly Float64Array[]

  constructor(
    { times, values }: Samples,
    range: { readonly range: number; readonly shift: number },
    steps: Steps,
    scalars: readonly Float64Array[],
  ) {
    this.#range = range
    this.#steps = steps
    this.#scalars = scalars
    this.window = {
      times,
      values,
      rises: undefined,
      from: 0,
      to: 0,
      start: 0,
      end: 0,
      time: 0,
      scalars: scalars.map(() => NaN),
    }
  }

  /** Moves to a step, which must not be before the last one. Tells whether there is any sample. */
  move(step: number): boolean {
    const { window } = this
    const { times } = window
    window.time = this.#steps.start + step * this.#steps.interval
    window.end = window.time - this.#range.shift
    window.start = window.end - this.#range.range
    while (window.from < times.length && (times[window.from] ?? Infinity) < window.start) window.from++
    while (window.to < times.length && (times[window.to] ?? Infinity) <= window.end) window.to++
    for (let index = 0; index < this.#scalars.length; index++)
      window.scalars[index] = this.#scalars[index]?.[step] ?? NaN
    return window.to > window.from
  }
}
