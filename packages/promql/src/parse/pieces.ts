import type { BinaryOperator, Matching } from './expression.ts'
import { parseError } from './parse-error.ts'
import { childOf, childrenOf, numericText, textOf, type TreeNode } from './tree.ts'

/** A part of an expression outside of its parentheses, in the order of the text. */
export type Piece =
  | ({ readonly kind: 'infix'; readonly operator: BinaryOperator; readonly from: number } & Modifiers)
  | { readonly kind: 'postfix'; readonly node: TreeNode }
  | { readonly kind: 'prefix'; readonly operator: '+' | '-'; readonly from: number }
  | { readonly kind: 'primary'; readonly node: TreeNode; readonly from: number }

interface Modifiers {
  readonly bool: boolean
  readonly matching: Matching
}

/** Deep enough for each query that makes sense, and far from the end of the stack. */
export const MAX_DEPTH = 1_000

const POSTFIXES: ReadonlySet<string> = new Set([
  'MatrixSelector',
  'OffsetExpr',
  'StepInvariantExpr',
  'SubqueryExpr',
])

/**
 * Lays an expression out flat. The grammar, which serves editors, gets the structure wrong where `offset`, `@` or a
 * range follow a binary expression (`a + b offset 5m`) and where a signed number is raised to a power (`-2 ^ 2`): only the
 * order of the parts is taken from it, their precedence is restored in `precedence.ts`.
 */
export function piecesOf(query: string, top: TreeNode): Piece[] {
  const pieces: Piece[] = []
  const collect = (node: TreeNode, depth: number): void => {
    if (depth > MAX_DEPTH) throw parseError(query, node.from, 'the expression is nested too deeply')
    const [first, second] = childrenOf(node)
    if (node.name === 'BinaryExpr' && first !== undefined && second !== undefined) {
      collect(first, depth + 1)
      pieces.push(infix(query, node, second))
      if (node.lastChild !== null) collect(node.lastChild, depth + 1)
    } else if (node.name === 'UnaryExpr' && first !== undefined && second !== undefined) {
      pieces.push({ kind: 'prefix', operator: sign(textOf(query, first)), from: node.from })
      collect(second, depth + 1)
    } else if (POSTFIXES.has(node.name) && first !== undefined) {
      collect(first, depth + 1)
      pieces.push({ kind: 'postfix', node })
    } else if (node.name === 'NumberLiteral') {
      const text = numericText(query, node)
      const digits = text.replace(/^[+-](?:\s|#[^\n]*)*/, '')
      if (digits !== text) pieces.push({ kind: 'prefix', operator: sign(text), from: node.from })
      pieces.push({ kind: 'primary', node, from: node.to - digits.length })
    } else {
      pieces.push({ kind: 'primary', node, from: node.from })
    }
  }
  collect(top, 0)
  return pieces
}

function sign(text: string): '+' | '-' {
  return text.startsWith('-') ? '-' : '+'
}

function infix(query: string, node: TreeNode, operator: TreeNode): Piece {
  return {
    kind: 'infix',
    // The grammar's operators are those of the type, in any case of their letters.
    operator: textOf(query, operator).toLowerCase() as BinaryOperator,
    from: operator.from,
    bool: node.getChild('BoolModifier') !== null,
    matching: matchingOf(query, node.getChild('MatchingModifierClause')),
  }
}

function matchingOf(query: string, clause: TreeNode | null): Matching {
  if (clause === null) return { on: false, labels: [], include: [] }
  const [labels, include] = clause.getChildren('GroupingLabels')
  const group = clause.getChild('GroupLeft') ? 'left' : clause.getChild('GroupRight') ? 'right' : undefined
  return {
    on: clause.getChild('On') !== null,
    labels: labels === undefined ? [] : labelNames(query, labels),
    include: include === undefined ? [] : labelNames(query, include),
    ...(group !== undefined && { group }),
  }
}

const NO_LABELS: ReadonlySet<string> = new Set(['inf', 'nan', 'without'])

/** The names between the parentheses of `by`, `on` and their like. */
export function labelNames(query: string, node: TreeNode): string[] {
  return node.getChildren('LabelName').map((child) => {
    const name = textOf(query, child)
    if (NO_LABELS.has(name.toLowerCase()))
      throw parseError(query, child.from, `unexpected <${name}> in grouping opts, expected label`)
    return name
  })
}

/** The argument expressions between the parentheses of a call. */
export function argumentNodes(query: string, node: TreeNode): TreeNode[] {
  return childrenOf(childOf(query, node, 'FunctionCallBody'))
}
