import type { Expression, ValueType } from './expression.ts'
import { type Signature, SIGNATURES } from './signatures.ts'

/** For a name that no function has, which the grammar does not let through. */
export const NO_SIGNATURE: Signature = { args: [], variadic: 0, returns: 'vector' }

/** What an expression evaluates to. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar'
    case 'string':
    case 'vector':
    case 'matrix':
      return expression.kind
    case 'subquery':
      return 'matrix'
    case 'aggregation':
      return 'vector'
    case 'call':
      return (SIGNATURES.get(expression.name) ?? NO_SIGNATURE).returns
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar'
        ? 'scalar'
        : 'vector'
    default:
      return typeOf(expression.expression)
  }
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])
const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless'])

export function isComparison(operator: string): boolean {
  return COMPARISONS.has(operator)
}

export function isSetOperator(operator: string): boolean {
  return SET_OPERATORS.has(operator)
}
