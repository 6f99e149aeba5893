import type { Expression, VectorSelector } from '../parse/expression.ts'
import type { Budget } from './budget.ts'
import type { LoadedSeries } from './samples.ts'
import type { Steps, StepSeries } from './series.ts'

/** What the parts of an evaluation share. */
export interface Context {
  readonly budget: Budget
  /** How far an instant vector looks back from a time for a sample, in milliseconds. */
  lookbackAt(time: number): number
  /** The series of a selector, ordered by their labels. */
  loaded(selector: VectorSelector): readonly LoadedSeries[]
  /** A scalar, one number for each step. */
  scalar(expression: Expression, steps: Steps): Promise<Float64Array>
  /** An instant vector for each step. */
  vector(expression: Expression, steps: Steps): Promise<readonly StepSeries[]>
}
