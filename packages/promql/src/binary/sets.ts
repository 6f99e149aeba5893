import type { Context } from '../evaluate/context.ts'
import { anyPresent } from '../evaluate/presence.ts'
import { Outputs, put, type Steps, type StepSeries } from '../evaluate/series.ts'
import type { Binary } from '../parse/expression.ts'
import { matchingLabels } from './signatures.ts'

/** `and`, `or` and `unless` between two vectors. */
export async function setResult(
  context: Context,
  { operator, matching }: Binary,
  left: readonly StepSeries[],
  right: readonly StepSeries[],
  steps: Steps,
): Promise<StepSeries[]> {
  const labelsOf = matchingLabels(matching)
  const outputs = new Outputs(steps, context.budget)

  /** The steps at which a side has any series with the same matching labels. */
  const masks = (side: readonly StepSeries[]): ((series: StepSeries) => Uint8Array | undefined) => {
    const groups = Map.groupBy(side, ({ labels }) => labelsOf(labels).key)
    const found = new Map([...groups].map(([key, series]) => [key, anyPresent(series, steps.count)]))
    return ({ labels }) => found.get(labelsOf(labels).key)
  }

  /** Takes the values of a series over where the mask is set, or where it is not. */
  const copy = async (series: StepSeries, mask: Uint8Array | undefined, wanted: 0 | 1) => {
    if (context.budget.isDue(steps.count)) await context.budget.pause()
    const output = outputs.series(series.labels)
    for (let step = 0; step < steps.count; step++) {
      if (series.present[step] === 1 && (mask?.[step] ?? 0) === wanted)
        put(output, step, series.values[step] ?? NaN)
    }
  }

  if (operator === 'or') {
    const maskOf = masks(left)
    for (const series of left) await copy(series, undefined, 0)
    for (const series of right) await copy(series, maskOf(series), 0)
  } else {
    const maskOf = masks(right)
    for (const series of left) await copy(series, maskOf(series), operator === 'and' ? 1 : 0)
  }
  return outputs.finished()
}
