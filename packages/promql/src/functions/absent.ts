import type { Context } from '../evaluate/context.ts'
import { Outputs, type Steps, type StepSeries } from '../evaluate/series.ts'
import { LabelSet, NO_LABELS, METRIC_NAME } from '../labels/label-set.ts'
import type { Expression } from '../parse/expression.ts'

/** A series with the value 1 at each step that has no value. */
export function absentSeries(
  { budget }: Context,
  argument: Expression | undefined,
  present: Uint8Array,
  steps: Steps,
): StepSeries[] {
  const outputs = new Outputs(steps, budget)
  const output = outputs.series(expectedLabels(argument))
  for (let step = 0; step < steps.count; step++) {
    if (present[step] === 1) continue
    output.present[step] = 1
    output.values[step] = 1
  }
  return outputs.finished()
}

/** The labels that a selector demands to be equal; not those that it names more than once. */
function expectedLabels(argument: Expression | undefined): LabelSet {
  const selector = argument?.kind === 'matrix' ? argument.selector : argument
  if (selector?.kind !== 'vector') return NO_LABELS
  let labels = NO_LABELS
  const seen = new Set<string>()
  for (const { name, operator, value } of selector.matchers) {
    if (name === METRIC_NAME) continue
    const isFirst = operator === '=' && !seen.has(name)
    labels = labels.with(name, isFirst ? value : '')
    if (isFirst) seen.add(name)
  }
  return labels
}
