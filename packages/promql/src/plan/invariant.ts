import type { At, Expression, VectorSelector } from '../parse/expression.ts'

/** Functions whose value depends on the time of evaluation, even where their arguments do not. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set([
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'time',
  'timestamp',
  'year',
])

/** A part of a query, and whether all steps have the same value for it. */
interface Prepared {
  readonly expression: Expression
  readonly isInvariant: boolean
}

/**
 * Prepares a parsed query for one time range: resolves `@ start()` and `@ end()`, removes parentheses, and marks the parts
 * that are the same at all steps, so that they are evaluated once. Follows `PreprocessExpr` of Prometheus 2.42.
 */
export function prepared(expression: Expression, start: number, end: number): Expression {
  const resolve = (at: At | undefined) => (at === 'start' ? start : at === 'end' ? end : at)

  const selector = (node: VectorSelector): VectorSelector => {
    const at = resolve(node.at)
    return at === undefined ? node : { ...node, at }
  }

  const visit = (node: Expression): Prepared => {
    switch (node.kind) {
      case 'number':
      case 'string':
        return { expression: node, isInvariant: true }
      case 'vector':
        return { expression: selector(node), isInvariant: node.at !== undefined }
      case 'matrix':
        return {
          expression: { ...node, selector: selector(node.selector) },
          isInvariant: node.selector.at !== undefined,
        }
      case 'paren':
        return visit(node.expression)
      case 'unary': {
        const inner = visit(node.expression)
        return { expression: { ...node, expression: inner.expression }, isInvariant: inner.isInvariant }
      }
      case 'aggregation': {
        // Prometheus neither resolves the times of the parameter nor asks whether it changes.
        const inner = visit(node.expression)
        return {
          expression: {
            ...node,
            expression: inner.expression,
            ...(node.parameter !== undefined && { parameter: bare(node.parameter) }),
          },
          isInvariant: inner.isInvariant,
        }
      }
      case 'subquery': {
        const at = resolve(node.at)
        const inner = wrapped(visit(node.expression))
        return {
          expression: { ...node, expression: inner, ...(at !== undefined && { at }) },
          isInvariant: at !== undefined,
        }
      }
      case 'binary': {
        const [left, right] = [visit(node.left), visit(node.right)]
        if (left.isInvariant && right.isInvariant)
          return {
            expression: { ...node, left: left.expression, right: right.expression },
            isInvariant: true,
          }
        return { expression: { ...node, left: wrapped(left), right: wrapped(right) }, isInvariant: false }
      }
      case 'call': {
        const args = node.args.map(visit)
        if (!TIME_DEPENDENT.has(node.name) && args.every((arg) => arg.isInvariant))
          return {
            expression: { ...node, args: args.map((arg) => arg.expression) },
            isInvariant: true,
          }
        return { expression: { ...node, args: args.map(wrapped) }, isInvariant: false }
      }
      case 'invariant':
        return { expression: node, isInvariant: true }
    }
  }
  return wrapped(visit(expression))
}

function wrapped({ expression, isInvariant }: Prepared): Expression {
  if (!isInvariant || expression.kind === 'number' || expression.kind === 'string') return expression
  return { kind: 'invariant', expression, from: expression.from, to: expression.to }
}

/** Without the parentheses around it. */
export function bare(expression: Expression): Expression {
  return expression.kind === 'paren' ? bare(expression.expression) : expression
}

/** Without the mark that all steps are the same. */
export function unmarked(expression: Expression): Expression {
  return expression.kind === 'invariant' ? expression.expression : expression
}
