import { executionError } from '../error.ts'
import type { Context } from '../evaluate/context.ts'
import { Outputs, put, type Steps, type StepSeries } from '../evaluate/series.ts'
import type { LabelSet } from '../labels/label-set.ts'
import { expand, Pattern } from '../labels/pattern.ts'
import { isLabelName } from '../labels/text.ts'
import type { Call, Expression } from '../parse/expression.ts'
import { bare, unmarked } from '../plan/invariant.ts'

/** The text of an argument that is a string. */
function textOf(expression: Expression | undefined): string {
  const literal = expression === undefined ? undefined : unmarked(bare(expression))
  return literal?.kind === 'string' ? literal.value : ''
}

/** `label_replace`: sets a label from the groups of a match on another one. */
function replacing(call: Call): (labels: LabelSet) => LabelSet {
  const [, target, template, source, expression] = call.args.map(textOf)
  const pattern = patternOf(expression ?? '')
  if (!isLabelName(target ?? ''))
    throw executionError(`invalid destination label name in label_replace(): ${target}`)
  return (labels) => {
    const groups = pattern.groups(labels.get(source ?? ''))
    return groups === undefined ? labels : labels.with(target ?? '', expand(template ?? '', groups))
  }
}

function patternOf(expression: string): Pattern {
  try {
    return new Pattern(expression)
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${expression}`)
  }
}

/** `label_join`: sets a label to the values of others with a separator between them. */
function joining(call: Call): (labels: LabelSet) => LabelSet {
  const [, target = '', separator = '', ...sources] = call.args.map(textOf)
  for (const source of sources) {
    if (!isLabelName(source)) throw executionError(`invalid source label name in label_join(): ${source}`)
  }
  if (!isLabelName(target)) throw executionError(`invalid destination label name in label_join(): ${target}`)
  return (labels) => labels.with(target, sources.map((source) => labels.get(source)).join(separator))
}

/** Evaluates `label_replace` and `label_join`. */
export async function relabelled(context: Context, call: Call, steps: Steps): Promise<StepSeries[]> {
  const [vector] = call.args
  if (vector === undefined) return []
  const change = call.name === 'label_join' ? joining(call) : replacing(call)
  const outputs = new Outputs(steps, context.budget)
  for (const { labels, values, present } of await context.vector(vector, steps)) {
    if (context.budget.isDue(steps.count)) await context.budget.pause()
    const output = outputs.series(change(labels))
    for (let step = 0; step < present.length; step++) {
      if (present[step] === 1) put(output, step, values[step] ?? NaN)
    }
  }
  return outputs.finished()
}
