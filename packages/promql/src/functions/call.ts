import type { Context } from '../evaluate/context.ts'
import { selectedTimes } from '../evaluate/instant-selector.ts'
import { anyPresent } from '../evaluate/presence.ts'
import { isRange } from '../evaluate/range-selector.ts'
import { timesOf } from '../evaluate/samples.ts'
import { Outputs, put, type Steps, type StepSeries } from '../evaluate/series.ts'
import { NO_LABELS } from '../labels/label-set.ts'
import type { Call } from '../parse/expression.ts'
import { unmarked } from '../plan/invariant.ts'
import { absentSeries } from './absent.ts'
import { ELEMENTWISE, type Elementwise } from './elementwise.ts'
import { histogramQuantiles } from './histogram.ts'
import { relabelled } from './labels.ts'
import { rangeCall } from './range-call.ts'
import { sorted } from './sorted.ts'

/** Evaluates a function that returns a vector. */
export async function vectorCall(context: Context, call: Call, steps: Steps): Promise<readonly StepSeries[]> {
  const [argument] = call.args
  if (call.args.some((arg) => isRange(unmarked(arg)))) return rangeCall(context, call, steps)
  const elementwise = ELEMENTWISE[call.name]
  if (elementwise !== undefined) return elementwiseCall(context, call, elementwise, steps)
  // All functions without arguments are above.
  if (argument === undefined) return []
  switch (call.name) {
    case 'absent': {
      const present = anyPresent(await context.vector(argument, steps), steps.count)
      return absentSeries(context, argument, present, steps)
    }
    case 'histogram_quantile':
      return histogramQuantiles(context, call, steps)
    case 'label_join':
    case 'label_replace':
      return relabelled(context, call, steps)
    case 'sort':
      return sorted(await context.vector(argument, steps), (a, b) => a > b)
    case 'sort_desc':
      return sorted(await context.vector(argument, steps), (a, b) => a < b)
    case 'timestamp':
      return timestamps(context, call, steps)
    case 'vector':
      return [unlabelled(await context.scalar(argument, steps))]
    default:
      // `histogram_count` and its like are about native histograms, and samples here are numbers.
      return []
  }
}

/** Evaluates a function that returns a scalar. */
export async function scalarCall(
  context: Context,
  { name, args: [argument] }: Call,
  steps: Steps,
): Promise<Float64Array> {
  if (name === 'pi') return new Float64Array(steps.count).fill(Math.PI)
  if (name === 'time' || argument === undefined) return secondsOf(steps)
  const series = await context.vector(argument, steps)
  return new Float64Array(steps.count).map((_, step) => {
    const present = series.filter((one) => one.present[step] === 1)
    return present.length === 1 ? (present[0]?.values[step] ?? NaN) : NaN
  })
}

function secondsOf(steps: Steps): Float64Array {
  return timesOf(steps).map((time) => time / 1000)
}

function unlabelled(values: Float64Array): StepSeries {
  return { labels: NO_LABELS, values, present: new Uint8Array(values.length).fill(1) }
}

async function elementwiseCall(
  context: Context,
  { args: [argument, ...others] }: Call,
  apply: Elementwise,
  steps: Steps,
): Promise<StepSeries[]> {
  const vector =
    argument === undefined
      ? [unlabelled(secondsOf(steps).map(Math.floor))]
      : await context.vector(argument, steps)
  const scalars: Float64Array[] = []
  for (const other of others) scalars.push(await context.scalar(other, steps))
  const [first, second] = scalars
  const outputs = new Outputs(steps, context.budget)
  for (const { labels, values, present } of vector) {
    if (context.budget.isDue(steps.count)) await context.budget.pause()
    const output = outputs.series(labels.nameless())
    for (let step = 0; step < present.length; step++) {
      if (present[step] === 0) continue
      const value = apply(values[step] ?? NaN, first?.[step], second?.[step])
      if (value !== undefined) put(output, step, value)
    }
  }
  return outputs.finished()
}

/** The times of a selector's samples; of any other vector, those of the steps. */
async function timestamps(context: Context, call: Call, steps: Steps): Promise<StepSeries[]> {
  const [argument] = call.args
  if (argument === undefined) return []
  const selector = unmarked(argument)
  const times = secondsOf(steps)
  const isSelector = selector.kind === 'vector'
  const vector = isSelector
    ? await selectedTimes(context, selector, steps)
    : await context.vector(argument, steps)
  const outputs = new Outputs(steps, context.budget)
  for (const { labels, values, present } of vector) {
    const output = outputs.series(labels.nameless())
    for (let step = 0; step < present.length; step++) {
      if (present[step] === 1) put(output, step, (isSelector ? values[step] : times[step]) ?? NaN)
    }
  }
  return outputs.finished()
}
