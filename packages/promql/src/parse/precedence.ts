import type { BinaryOperator, Expression } from './expression.ts'
import { parseError } from './parse-error.ts'
import { MAX_DEPTH, type Piece, piecesOf } from './pieces.ts'
import { withPostfix } from './postfix.ts'
import type { TreeNode } from './tree.ts'

const LEVELS: ReadonlyArray<readonly BinaryOperator[]> = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
]
const PRECEDENCE: ReadonlyMap<string, number> = new Map(
  LEVELS.flatMap((operators, level) => operators.map((operator) => [operator, level] as const)),
)
const POWER = LEVELS.length - 1

/**
 * Builds an expression from its parts by Prometheus' precedence: `^` binds tighter than a sign and is the only operator
 * that associates to the right; `offset`, `@` and ranges bind tightest of all.
 */
export function assembled(
  query: string,
  top: TreeNode,
  depth: number,
  primary: (node: TreeNode, from: number, depth: number) => Expression,
): Expression {
  if (depth > MAX_DEPTH) throw parseError(query, top.from, 'the expression is nested too deeply')
  const pieces = piecesOf(query, top)
  let next = 0

  const operand = (): Expression => {
    const piece = pieces[next++]
    if (piece?.kind === 'prefix') return signed(piece, expression(POWER))
    if (piece?.kind !== 'primary') throw parseError(query, top.from, 'unexpected end of input')
    let result = primary(piece.node, piece.from, depth)
    for (let after = pieces[next]; after?.kind === 'postfix'; after = pieces[++next])
      result = withPostfix(query, result, after.node)
    return result
  }

  const expression = (minimum: number): Expression => {
    let left = operand()
    for (;;) {
      const piece = pieces[next]
      if (piece?.kind !== 'infix') return left
      const level = PRECEDENCE.get(piece.operator) ?? 0
      if (level < minimum) return left
      next++
      const right = expression(level === POWER ? level : level + 1)
      const { operator, bool, matching } = piece
      left = {
        kind: 'binary',
        operator,
        operatorFrom: piece.from,
        left,
        right,
        bool,
        matching,
        from: left.from,
        to: right.to,
      }
    }
  }
  return expression(0)
}

/** A sign before a number is a part of it. */
function signed(piece: Piece & { kind: 'prefix' }, expression: Expression): Expression {
  const { operator, from } = piece
  if (expression.kind !== 'number') return { kind: 'unary', operator, expression, from, to: expression.to }
  return { ...expression, from, value: operator === '-' ? -expression.value : expression.value }
}
