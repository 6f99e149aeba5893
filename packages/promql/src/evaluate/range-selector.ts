import type { Expression, MatrixSelector, Subquery } from '../parse/expression.ts'
import type { Context } from './context.ts'
import { shiftOf } from './instant-selector.ts'
import { indexFrom, type Samples, samplesOf, timesOf } from './samples.ts'
import { type Steps, stepsOf } from './series.ts'

/** The step of a subquery that names none: Prometheus' default evaluation interval. */
const DEFAULT_SUBQUERY_STEP_MS = 60_000

/** What a range vector is made from: each step sees the samples of a window that ends `shift` before it. */
export interface RangeVector {
  readonly series: readonly Samples[]
  /** Length of the window in milliseconds, both ends included. */
  readonly range: number
  readonly shift: number
}

/** The samples of a selector with a range, or of a subquery. */
export async function rangeVector(
  context: Context,
  expression: MatrixSelector | Subquery,
  steps: Steps,
): Promise<RangeVector> {
  if (expression.kind === 'matrix') {
    const { selector, range } = expression
    const series = context.loaded(selector).map(({ alive }) => alive)
    return { series, range, shift: shiftOf(selector, steps) }
  }
  return { series: await subquerySamples(context, expression, steps), ...shapeOf(expression, steps) }
}

function shapeOf(subquery: Subquery, steps: Steps): { range: number; shift: number } {
  return { range: subquery.range, shift: shiftOf(subquery, steps) }
}

/** Evaluates a subquery. Its steps are multiples of their length, whatever the query's start. */
async function subquerySamples(context: Context, subquery: Subquery, steps: Steps): Promise<Samples[]> {
  const { range, shift } = shapeOf(subquery, steps)
  const interval = subquery.step === 0 ? DEFAULT_SUBQUERY_STEP_MS : subquery.step
  const start = interval * Math.ceil((steps.start - shift - range) / interval)
  const inner = stepsOf(start, steps.end - shift, interval)
  if (inner.count === 0) return []
  const times = timesOf(inner)
  const series = await context.vector(subquery.expression, inner)
  return series.map((one) => samplesOf(one, times))
}

/** A range vector at the top of a query: the samples of one window. */
export async function windowSamples(
  context: Context,
  expression: MatrixSelector | Subquery,
  steps: Steps,
): Promise<Samples[]> {
  if (expression.kind === 'subquery') return subquerySamples(context, expression, steps)
  const { series, range, shift } = await rangeVector(context, expression, steps)
  const end = steps.start - shift
  return series
    .map(({ labels, times, values }) => {
      const from = indexFrom(times, end - range)
      const to = indexFrom(times, end + 1)
      context.budget.take(to - from)
      return { labels, times: times.subarray(from, to), values: values.subarray(from, to) }
    })
    .filter(({ times }) => times.length > 0)
}

/** A range vector, as an argument of a function. */
export function isRange(expression: Expression): expression is MatrixSelector | Subquery {
  return expression.kind === 'matrix' || expression.kind === 'subquery'
}
