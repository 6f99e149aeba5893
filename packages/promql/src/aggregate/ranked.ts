import { executionError } from '../error.ts'
import type { Context } from '../evaluate/context.ts'
import { Outputs, type Steps, type StepSeries } from '../evaluate/series.ts'
import type { Aggregation } from '../parse/expression.ts'
import { formatNumber } from '../result/numbers.ts'
import { grouped } from './groups.ts'
import { Heap } from './heap.ts'

/** Sizes are 64-bit integers. */
const BEYOND_INTEGERS = 2 ** 63

/** `topk` and `bottomk`: at each step, the series with the highest or lowest values of each group. */
export async function ranked(
  context: Context,
  aggregation: Aggregation,
  series: readonly StepSeries[],
  sizes: Float64Array,
  steps: Steps,
): Promise<StepSeries[]> {
  const isTop = aggregation.operator === 'topk'
  const heap = new Heap(isTop ? (a, b) => a < b : (a, b) => a > b)
  const outputs = new Outputs(steps, context.budget)
  const groups = grouped(aggregation, series)
  for (let step = 0; step < steps.count; step++) {
    if (context.budget.isDue(series.length)) await context.budget.pause()
    const size = sizeOf(sizes[step] ?? NaN)
    if (size < 1) continue
    for (const { members } of groups) {
      heap.clear()
      for (let index = 0; index < members.length; index++) {
        const member = members[index]
        if (member?.present[step] === 1) heap.offer(member.values[step] ?? NaN, index, size)
      }
      for (const index of heap.sorted()) {
        const member = members[index]
        if (member === undefined) continue
        const output = outputs.series(member.labels)
        output.present[step] = 1
        output.values[step] = member.values[step] ?? NaN
      }
    }
  }
  return outputs.finished()
}

function sizeOf(value: number): number {
  if (!(value >= -BEYOND_INTEGERS && value < BEYOND_INTEGERS))
    throw executionError(`Scalar value ${formatNumber(value)} overflows int64`)
  return Math.trunc(value)
}
