import type { Context } from '../evaluate/context.ts'
import { Outputs, type Steps, type StepSeries } from '../evaluate/series.ts'
import type { Aggregation } from '../parse/expression.ts'
import { bare, unmarked } from '../plan/invariant.ts'
import { type Accumulator, ACCUMULATORS, variance } from './accumulators.ts'
import { valueCounts } from './count-values.ts'
import { type Group, grouped } from './groups.ts'
import { quantiles } from './quantile.ts'
import { ranked } from './ranked.ts'

/** Evaluates an aggregation over an instant vector. */
export async function aggregated(
  context: Context,
  aggregation: Aggregation,
  steps: Steps,
): Promise<readonly StepSeries[]> {
  const { operator, parameter } = aggregation
  const text = parameter === undefined ? undefined : unmarked(bare(parameter))
  const parameters =
    parameter === undefined || text?.kind === 'string'
      ? new Float64Array()
      : await context.scalar(parameter, steps)
  const series = await context.vector(aggregation.expression, steps)
  if (text?.kind === 'string') return valueCounts(context, aggregation, series, text.value, steps)
  if (operator === 'topk' || operator === 'bottomk')
    return ranked(context, aggregation, series, parameters, steps)

  const outputs = new Outputs(steps, context.budget)
  const accumulator = ACCUMULATORS.get(operator)
  for (const group of grouped(aggregation, series)) {
    const output = outputs.series(group.labels)
    if (accumulator !== undefined) {
      await accumulated(context, output, group, accumulator)
      continue
    }
    if (context.budget.isDue(steps.count * group.members.length)) await context.budget.pause()
    if (operator === 'quantile') quantiles(output, group.members, parameters)
    else variance(output, group.members)
    if (operator === 'stddev') {
      for (let step = 0; step < steps.count; step++)
        output.values[step] = Math.sqrt(output.values[step] ?? NaN)
    }
  }
  return outputs.finished()
}

async function accumulated(
  { budget }: Context,
  output: StepSeries,
  { members }: Group,
  accumulator: Accumulator,
): Promise<void> {
  const counts = new Float64Array(output.present.length)
  for (const member of members) {
    if (budget.isDue(output.present.length)) await budget.pause()
    accumulator(output, counts, member)
  }
}
