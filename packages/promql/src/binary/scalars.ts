import type { Context } from '../evaluate/context.ts'
import { Outputs, put, type Steps, type StepSeries } from '../evaluate/series.ts'
import type { Arithmetic, Binary, Comparison } from '../parse/expression.ts'
import { dropsName, elementOperation } from './operators.ts'

/** An operation between two scalars. */
export function scalarResult({ operator }: Binary, left: Float64Array, right: Float64Array): Float64Array {
  // Types are checked: set operators have no scalar sides.
  const operation = elementOperation(operator as Arithmetic | Comparison, true, 'left')
  return left.map((value, step) => operation(value, right[step] ?? NaN) ?? NaN)
}

/** An operation between each element of a vector and a scalar. A comparison keeps the vector's value. */
export async function vectorScalarResult(
  context: Context,
  { operator, bool }: Binary,
  vector: readonly StepSeries[],
  scalar: Float64Array,
  vectorSide: 'left' | 'right',
  steps: Steps,
): Promise<StepSeries[]> {
  // Types are checked: set operators have no scalar sides.
  const operation = elementOperation(operator as Arithmetic | Comparison, bool, vectorSide)
  const isNameless = dropsName(operator, bool)
  const outputs = new Outputs(steps, context.budget)
  for (const { labels, values, present } of vector) {
    if (context.budget.isDue(steps.count)) await context.budget.pause()
    const output = outputs.series(isNameless ? labels.nameless() : labels)
    for (let step = 0; step < present.length; step++) {
      if (present[step] === 0) continue
      const [own, other] = [values[step] ?? NaN, scalar[step] ?? NaN]
      const value = vectorSide === 'left' ? operation(own, other) : operation(other, own)
      if (value !== undefined) put(output, step, value)
    }
  }
  return outputs.finished()
}
