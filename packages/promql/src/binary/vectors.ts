import { executionError, type PromqlError, sameLabelsError } from '../error.ts'
import type { Context } from '../evaluate/context.ts'
import { anyPresent } from '../evaluate/presence.ts'
import { Outputs, type Steps, type StepSeries } from '../evaluate/series.ts'
import type { LabelSet } from '../labels/label-set.ts'
import type { Arithmetic, Binary, Comparison, Matching } from '../parse/expression.ts'
import { dropsName, elementOperation } from './operators.ts'
import { matchingLabels } from './signatures.ts'

/** The series of the side of the one with the same matching labels. */
interface OneSide {
  readonly series: readonly StepSeries[]
  /** For each step, the index of the only series that has a value, plus 1; 0 where none has. */
  readonly at: Uint32Array
  /** 1 for each step at which a series of the other side has been matched. */
  readonly matched: Uint8Array
}

/** An operation between the matching elements of two vectors. */
export async function vectorResult(
  context: Context,
  binary: Binary,
  left: readonly StepSeries[],
  right: readonly StepSeries[],
  steps: Steps,
): Promise<StepSeries[]> {
  const { operator, bool, matching } = binary
  const isSwapped = matching.group === 'right'
  const [many, one] = isSwapped ? [right, left] : [left, right]
  const labelsOf = matchingLabels(matching)
  const { sides, duplicate } = oneSides(binary, many, one, steps.count)
  // Prometheus goes step by step: an earlier error of another kind comes first.
  const end = duplicate?.step ?? steps.count
  // Types are checked: set operators are elsewhere.
  const operation = elementOperation(operator as Arithmetic | Comparison, bool, 'left')
  const resultLabels = resultLabelling(binary)

  const outputs = new Outputs(steps, context.budget)
  const owners = new Map<StepSeries, OneSide>()
  for (const series of many) {
    if (context.budget.isDue(steps.count)) await context.budget.pause()
    const side = sides.get(labelsOf(series.labels).key)
    if (side === undefined) continue
    const results: StepSeries[] = []
    for (let step = 0; step < end; step++) {
      const index = side.at[step] ?? 0
      const other = side.series[index - 1]
      if (series.present[step] === 0 || other === undefined) continue
      const [own, others] = [series.values[step] ?? NaN, other.values[step] ?? NaN]
      const value = isSwapped ? operation(others, own) : operation(own, others)
      if (value === undefined) continue
      if (matching.group === undefined) {
        if (side.matched[step] === 1)
          throw executionError(
            'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
          )
        side.matched[step] = 1
      }
      const output = (results[index] ??= outputs.series(resultLabels(series.labels, other.labels)))
      if (output.present[step] === 1) {
        if (owners.get(output) !== side) throw sameLabelsError()
        throw executionError('multiple matches for labels: grouping labels must ensure unique matches')
      }
      owners.set(output, side)
      output.present[step] = 1
      output.values[step] = value
    }
  }
  if (duplicate !== undefined) throw duplicate.error
  return outputs.finished()
}

/** Two series of the side of the one with the same matching labels, at the first step that has any. */
interface Duplicate {
  readonly step: number
  readonly error: PromqlError
}

function oneSides(
  { matching }: Binary,
  many: readonly StepSeries[],
  one: readonly StepSeries[],
  count: number,
): { sides: Map<string, OneSide>; duplicate: Duplicate | undefined } {
  const labelsOf = matchingLabels(matching)
  const isAsked = anyPresent(many, count)
  const sides = new Map<string, OneSide>()
  let duplicate: Duplicate | undefined
  for (const [key, series] of Map.groupBy(one, ({ labels }) => labelsOf(labels).key)) {
    const at = new Uint32Array(count)
    for (const [index, { labels, present }] of series.entries()) {
      for (let step = 0; step < (duplicate?.step ?? count); step++) {
        if (present[step] === 0 || isAsked[step] === 0) continue
        const other = series[(at[step] ?? 0) - 1]
        if (other !== undefined) duplicate = { step, error: duplicateError(matching, labels, other.labels) }
        at[step] = index + 1
      }
    }
    sides.set(key, { series, at, matched: new Uint8Array(count) })
  }
  return { sides, duplicate }
}

function duplicateError(matching: Matching, labels: LabelSet, other: LabelSet): PromqlError {
  const side = matching.group === 'right' ? 'left' : 'right'
  const group = matchingLabels(matching)(labels).toString()
  return executionError(
    `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
      `[${labels.toString()}, ${other.toString()}];` +
      'many-to-many matching not allowed: matching labels must be unique on one side',
  )
}

/** The labels of a result: those of the many, with what is to be taken over from the one. */
function resultLabelling({ operator, bool, matching }: Binary): (many: LabelSet, one: LabelSet) => LabelSet {
  const isNameless = dropsName(operator, false)
  const names = new Set(matching.labels)
  return (many, one) => {
    let labels = isNameless ? many.nameless() : many
    if (matching.group === undefined) labels = matching.on ? labels.keep(names) : labels.without(names)
    for (const name of matching.include) labels = labels.with(name, one.get(name))
    return bool ? labels.nameless() : labels
  }
}
