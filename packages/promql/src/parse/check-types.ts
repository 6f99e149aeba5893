import { METRIC_NAME } from '../labels/label-set.ts'
import { quoted } from '../labels/text.ts'
import type { Aggregation, Binary, Call, Expression, ValueType, VectorSelector } from './expression.ts'
import { parseError } from './parse-error.ts'
import { SIGNATURES } from './signatures.ts'
import { isComparison, isSetOperator, NO_SIGNATURE, typeOf } from './types.ts'

const NAMES: Readonly<Record<ValueType, string>> = {
  matrix: 'range vector',
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
}

/** The name of a type in errors. */
export function typeName(type: ValueType): string {
  return NAMES[type]
}

/** Throws the first error that Prometheus reports for an expression of the right syntax. */
export function checkTypes(query: string, expression: Expression): void {
  const fail = (position: number, message: string) => parseError(query, position, message)
  const check = (node: Expression): void => checkTypes(query, node)

  const expectType = (node: Expression, wanted: ValueType, context: string): void => {
    check(node)
    const type = typeOf(node)
    if (type !== wanted)
      throw fail(node.from, `expected type ${NAMES[wanted]} in ${context}, got ${NAMES[type]}`)
  }

  switch (expression.kind) {
    case 'aggregation':
      return checkAggregation(expression)
    case 'binary':
      return checkBinary(expression)
    case 'call':
      return checkCall(expression)
    case 'paren':
      return check(expression.expression)
    case 'matrix':
      return check(expression.selector)
    case 'unary': {
      check(expression.expression)
      const type = typeOf(expression.expression)
      if (type === 'scalar' || type === 'vector') return
      throw fail(
        expression.from,
        `unary expression only allowed on expressions of type scalar or instant vector, got "${NAMES[type]}"`,
      )
    }
    case 'subquery': {
      check(expression.expression)
      const type = typeOf(expression.expression)
      if (type === 'vector') return
      throw fail(expression.from, `subquery is only allowed on instant vector, got ${type} instead`)
    }
    case 'vector':
      return checkSelector(expression)
    default:
  }

  function checkAggregation({ operator, expression: inner, parameter }: Aggregation): void {
    expectType(inner, 'vector', 'aggregation expression')
    if (parameter === undefined) return
    expectType(parameter, operator === 'count_values' ? 'string' : 'scalar', 'aggregation parameter')
  }

  function checkBinary({ operator, operatorFrom, left, right, bool, matching, from }: Binary): void {
    check(left)
    check(right)
    const types = [typeOf(left), typeOf(right)]
    if (bool && !isComparison(operator))
      throw fail(operatorFrom, 'bool modifier can only be used on comparison operators')
    if (isComparison(operator) && !bool && types.every((type) => type === 'scalar'))
      throw fail(operatorFrom, 'comparisons between scalars must use BOOL modifier')
    const twice = matching.labels.find((label) => matching.on && matching.include.includes(label))
    if (twice !== undefined)
      throw fail(operatorFrom, `label ${quoted(twice)} must not occur in ON and GROUP clause at once`)
    for (const [index, side] of [left, right].entries()) {
      if (types[index] !== 'scalar' && types[index] !== 'vector')
        throw fail(side.from, 'binary expression must contain only scalar and instant vector types')
    }
    if (types.includes('scalar')) {
      if (matching.labels.length > 0) throw fail(from, 'vector matching only allowed between instant vectors')
      if (isSetOperator(operator))
        throw fail(from, `set operator "${operator}" not allowed in binary scalar expression`)
    } else if (isSetOperator(operator) && matching.group !== undefined) {
      throw fail(from, `no grouping allowed for "${operator}" operation`)
    }
  }

  function checkCall({ name, args, from }: Call): void {
    const { args: types, variadic } = SIGNATURES.get(name) ?? NO_SIGNATURE
    const least = variadic === 0 ? types.length : types.length - 1
    const most = variadic < 0 ? Infinity : types.length
    const got = `argument(s) in call to "${name}", got ${args.length}`
    if (variadic === 0 && args.length !== least) throw fail(from, `expected ${least} ${got}`)
    if (args.length < least) throw fail(from, `expected at least ${least} ${got}`)
    if (args.length > most) throw fail(from, `expected at most ${most} ${got}`)
    for (const [index, arg] of args.entries()) {
      const type = types[Math.min(index, types.length - 1)]
      if (type !== undefined) expectType(arg, type, `call to function "${name}"`)
    }
  }

  function checkSelector({ name, matchers, from }: VectorSelector): void {
    if (name === '') {
      if (matchers.some((matcher) => !matcher.matches(''))) return
      throw fail(from, 'vector selector must contain at least one non-empty matcher')
    }
    const other = matchers.slice(0, -1).find((matcher) => matcher.name === METRIC_NAME)
    if (other === undefined) return
    throw fail(from, `metric name must not be set twice: ${quoted(name)} or ${quoted(other.value)}`)
  }
}
