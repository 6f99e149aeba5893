import type { Context } from '../evaluate/context.ts'
import type { Steps, StepSeries } from '../evaluate/series.ts'
import type { Binary } from '../parse/expression.ts'
import { isSetOperator, typeOf } from '../parse/types.ts'
import { vectorScalarResult } from './scalars.ts'
import { setResult } from './sets.ts'
import { vectorResult } from './vectors.ts'

/** Evaluates a binary expression of which at least one side is a vector. */
export async function binaryVector(
  context: Context,
  binary: Binary,
  steps: Steps,
): Promise<readonly StepSeries[]> {
  const { left, right, operator } = binary
  if (typeOf(left) === 'scalar') {
    const scalar = await context.scalar(left, steps)
    return vectorScalarResult(context, binary, await context.vector(right, steps), scalar, 'right', steps)
  }
  const vector = await context.vector(left, steps)
  if (typeOf(right) === 'scalar')
    return vectorScalarResult(context, binary, vector, await context.scalar(right, steps), 'left', steps)
  const other = await context.vector(right, steps)
  const combine = isSetOperator(operator) ? setResult : vectorResult
  return combine(context, binary, vector, other, steps)
}
