import type { Arithmetic, BinaryOperator, Comparison } from '../parse/expression.ts'

/** The value of an operation on two numbers. */
type Operation = (left: number, right: number) => number

/** As C and Go define it: JavaScript has no number where one side is 1 or -1 and the other one has no finite value. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1
  return base ** exponent
}

const ARITHMETIC: Readonly<Record<Arithmetic, Operation>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
}

const COMPARISON: Readonly<Record<Comparison, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

function isArithmetic(operator: BinaryOperator): operator is Arithmetic {
  return Object.hasOwn(ARITHMETIC, operator)
}

/** Whether the result has no name any more. Prometheus 2.42 leaves it to a result of `atan2`. */
export function dropsName(operator: BinaryOperator, bool: boolean): boolean {
  return bool || (isArithmetic(operator) && operator !== 'atan2')
}

/**
 * The operation for two elements: a value, or `undefined` where a comparison filters them out. `kept` tells which side's
 * value a comparison keeps.
 */
export function elementOperation(
  operator: Arithmetic | Comparison,
  bool: boolean,
  kept: 'left' | 'right',
): (left: number, right: number) => number | undefined {
  if (isArithmetic(operator)) return ARITHMETIC[operator]
  const compare = COMPARISON[operator]
  if (bool) return (left, right) => (compare(left, right) ? 1 : 0)
  if (kept === 'right') return (left, right) => (compare(left, right) ? right : undefined)
  return (left, right) => (compare(left, right) ? left : undefined)
}
