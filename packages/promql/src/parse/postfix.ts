import { formatNumber } from '../result/numbers.ts'
import type { At, Expression, MatrixSelector, Subquery, VectorSelector } from './expression.ts'
import { durationMs, numberValue } from './literals.ts'
import { parseError } from './parse-error.ts'
import { childOf, numericText, textOf, type TreeNode } from './tree.ts'

/** An expression with the range, `offset` or `@` that follows it. */
export function withPostfix(query: string, expression: Expression, node: TreeNode): Expression {
  switch (node.name) {
    case 'MatrixSelector':
      return ranged(query, expression, node)
    case 'SubqueryExpr': {
      const [range, step] = node.getChildren('Duration')
      return {
        kind: 'subquery',
        expression,
        range: durationOf(query, range ?? node),
        step: step === undefined ? 0 : durationOf(query, step),
        offset: 0,
        from: expression.from,
        to: node.to,
      }
    }
    case 'OffsetExpr': {
      const duration = durationOf(query, childOf(query, node, 'Duration'))
      return shifted(query, expression, node.to, 'offset modifier', (target) => {
        if (target.offset !== 0)
          throw parseError(query, expression.from, 'offset may not be set multiple times')
        return { offset: node.getChild('Sub') === null ? duration : -duration }
      })
    }
    default: {
      const at = atOf(query, expression, node)
      return shifted(query, expression, node.to, '@ modifier', (target) => {
        if (target.at !== undefined)
          throw parseError(query, expression.from, '@ <timestamp> may not be set multiple times')
        return { at }
      })
    }
  }
}

function durationOf(query: string, node: TreeNode): number {
  const duration = durationMs(numericText(query, node))
  if (duration === 0) throw parseError(query, node.from, 'duration must be greater than 0')
  return duration
}

function ranged(query: string, expression: Expression, node: TreeNode): MatrixSelector {
  const duration = childOf(query, node, 'Duration')
  const fail = (message: string) => parseError(query, query.lastIndexOf('[', duration.from), message)
  if (expression.kind !== 'vector') throw fail('ranges only allowed for vector selectors')
  if (expression.offset !== 0) throw fail('no offset modifiers allowed before range')
  if (typeof expression.at === 'number') throw fail('no @ modifiers allowed before range')
  const range = durationOf(query, duration)
  return { kind: 'matrix', selector: expression, range, from: expression.from, to: node.to }
}

/** Sets `offset` or `@` on a selector, a selector with a range, or a subquery. */
function shifted(
  query: string,
  expression: Expression,
  to: number,
  what: string,
  shift: (target: Subquery | VectorSelector) => { readonly offset: number } | { readonly at: At },
): Expression {
  switch (expression.kind) {
    case 'matrix':
      return { ...expression, to, selector: { ...expression.selector, ...shift(expression.selector) } }
    case 'vector':
    case 'subquery':
      return { ...expression, to, ...shift(expression) }
    default:
      throw parseError(
        query,
        expression.from,
        `${what} must be preceded by an instant vector selector or range vector selector or a subquery`,
      )
  }
}

/** The 64-bit milliseconds of Prometheus end here. */
const LATEST_SECONDS = 2 ** 63

function atOf(query: string, expression: Expression, node: TreeNode): At {
  const preprocessor = node.getChild('AtModifierPreprocessors')
  if (preprocessor !== null) return textOf(query, preprocessor).toLowerCase() === 'start' ? 'start' : 'end'
  const text = numericText(query, childOf(query, node, 'NumberLiteral'))
  const digits = text.replace(/^[+-](?:\s|#[^\n]*)*/, '')
  const seconds = numberValue(digits) * (text.startsWith('-') ? -1 : 1)
  if (!(Math.abs(seconds) < LATEST_SECONDS))
    throw parseError(query, expression.from, `timestamp out of bounds for @ modifier: ${fixed(seconds)}`)
  return Math.round(seconds * 1000)
}

/** As Go's `%f` writes a number that is large, infinite or none. */
function fixed(value: number): string {
  return Number.isFinite(value) ? `${BigInt(value)}.000000` : formatNumber(value)
}
