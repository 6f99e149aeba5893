import { aggregated } from '../aggregate/aggregate.ts'
import { binaryVector } from '../binary/binary.ts'
import { scalarResult } from '../binary/scalars.ts'
import { scalarCall, vectorCall } from '../functions/call.ts'
import type { Expression, Unary, VectorSelector } from '../parse/expression.ts'
import type { Budget } from './budget.ts'
import type { Context } from './context.ts'
import { selected } from './instant-selector.ts'
import type { LoadedSeries } from './samples.ts'
import { distinct, Outputs, type Steps, type StepSeries } from './series.ts'

/** What the evaluation of a query is given. */
export interface Given {
  readonly budget: Budget
  readonly lookbackAt: (time: number) => number
  readonly loaded: ReadonlyMap<VectorSelector, readonly LoadedSeries[]>
}

/** The evaluation of one query: walks its expression, each part over all steps before the part around it. */
export function evaluation({ budget, lookbackAt, loaded }: Given): Context {
  const context: Context = {
    budget,
    lookbackAt,
    loaded: (selector) => loaded.get(selector) ?? [],
    async scalar(expression, steps) {
      const before = budget.held
      const values = await scalar(expression, steps)
      budget.release(before)
      budget.take(values.length)
      return values
    },
    async vector(expression, steps) {
      const before = budget.held
      const series = await vector(expression, steps)
      // What the parts have needed is garbage now.
      budget.release(before)
      budget.take(series.length * steps.count)
      return series
    },
  }

  async function scalar(expression: Expression, steps: Steps): Promise<Float64Array> {
    switch (expression.kind) {
      case 'number':
        return new Float64Array(steps.count).fill(expression.value)
      case 'paren':
        return context.scalar(expression.expression, steps)
      case 'unary': {
        const values = await context.scalar(expression.expression, steps)
        return expression.operator === '-' ? values.map((value) => -value) : values
      }
      case 'binary': {
        const left = await context.scalar(expression.left, steps)
        return scalarResult(expression, left, await context.scalar(expression.right, steps))
      }
      case 'call':
        return scalarCall(context, expression, steps)
      case 'invariant': {
        const values = await context.scalar(expression.expression, onlyFirst(steps))
        return new Float64Array(steps.count).fill(values[0] ?? NaN)
      }
      default:
        throw new TypeError(`a ${expression.kind} is no scalar`)
    }
  }

  async function vector(expression: Expression, steps: Steps): Promise<readonly StepSeries[]> {
    switch (expression.kind) {
      case 'vector':
        return selected(context, expression, steps)
      case 'paren':
        return context.vector(expression.expression, steps)
      case 'unary':
        return signed(expression, await context.vector(expression.expression, steps))
      case 'binary':
        return binaryVector(context, expression, steps)
      case 'aggregation':
        return aggregated(context, expression, steps)
      case 'call':
        return vectorCall(context, expression, steps)
      case 'invariant': {
        const series = await context.vector(expression.expression, onlyFirst(steps))
        return series.map((one) => repeated(one, steps, budget))
      }
      default:
        throw new TypeError(`a ${expression.kind} is no instant vector`)
    }
  }
  return context
}

function onlyFirst({ start, interval }: Steps): Steps {
  return { start, end: start, interval, count: 1 }
}

function repeated({ labels, values }: StepSeries, steps: Steps, budget: Budget): StepSeries {
  const output = new Outputs(steps, budget).blank(labels)
  output.present.fill(1)
  output.values.fill(values[0] ?? NaN)
  return output
}

function signed({ operator }: Unary, series: readonly StepSeries[]): readonly StepSeries[] {
  if (operator === '+') return series
  return distinct(
    series.map(({ labels, values, present }) => ({
      labels: labels.nameless(),
      values: values.map((value) => -value),
      present,
    })),
  )
}
