import { executionError } from '../error.ts'
import type { Context } from '../evaluate/context.ts'
import { Outputs, type Steps, type StepSeries } from '../evaluate/series.ts'
import { isLabelName, quoted } from '../labels/text.ts'
import type { Aggregation } from '../parse/expression.ts'
import { formatPlain } from '../result/numbers.ts'
import { grouping } from './groups.ts'

/** `count_values`: how many series of a group have each value, with the value as a label. */
export async function valueCounts(
  context: Context,
  aggregation: Aggregation,
  series: readonly StepSeries[],
  label: string,
  steps: Steps,
): Promise<StepSeries[]> {
  if (!isLabelName(label)) throw executionError(`invalid label name ${quoted(label)}`)
  const { labels, without } = aggregation
  const labelsOf = grouping(without ? aggregation : { ...aggregation, labels: [...labels, label] })
  const outputs = new Outputs(steps, context.budget)
  for (const { labels: own, values, present } of series) {
    if (context.budget.isDue(steps.count)) await context.budget.pause()
    const known = new Map<number, StepSeries>()
    for (let step = 0; step < present.length; step++) {
      if (present[step] === 0) continue
      const value = values[step] ?? NaN
      // A map takes 0 and -0 for the same key, but their texts differ.
      let output = value === 0 ? undefined : known.get(value)
      if (output === undefined) {
        output = outputs.series(labelsOf(own.with(label, formatPlain(value))))
        known.set(value, output)
      }
      output.present[step] = 1
      output.values[step] = (output.values[step] ?? 0) + 1
    }
  }
  return outputs.finished()
}
