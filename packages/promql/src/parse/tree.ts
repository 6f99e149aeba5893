// A package that compiles this file from its source needs these types as well, and an ambient module cannot be imported.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./lezer-promql.d.ts" />

import { parser } from '@prometheus-io/lezer-promql'

import { parseError } from './parse-error.ts'
import { syntaxError } from './syntax-error.ts'

/** A node of the tree that Prometheus' grammar makes of a query. */
export type TreeNode = ReturnType<typeof parser.parse>['topNode']

/** The expression at the top of a query. Throws where the query does not follow the grammar. */
export function parseTree(query: string): TreeNode {
  const tree = treeOf(query)
  let error: number | undefined
  tree.iterate({
    enter(node) {
      if (node.type.isError) error ??= node.from
      return error === undefined
    },
  })
  const [expression] = childrenOf(tree.topNode)
  if (error !== undefined || expression === undefined) throw syntaxError(query, error ?? 0)
  return expression
}

/** Lezer gives up a long chain of operators before its tree is too deep, which it would not be for a long time yet. */
const CHAIN = { parts: 200, times: 10 }

/**
 * Parses with Lezer. A sum of 300 series is a valid query, and Lezer has no option for its length: its counter of parts is
 * set back a limited number of times.
 */
function treeOf(query: string): ReturnType<typeof parser.parse> {
  const parse = parser.startParse(query)
  let times = 0
  for (;;) {
    const tree = parse.advance()
    if (tree !== null) return tree
    const count: unknown = Reflect.get(parse, 'bigReductionCount')
    if (typeof count !== 'number' || count < CHAIN.parts || times === CHAIN.times) continue
    Reflect.set(parse, 'bigReductionCount', 0)
    times++
  }
}

/** The text of a node. */
export function textOf(query: string, node: TreeNode): string {
  return query.slice(node.from, node.to)
}

/** The text of a number or a duration. Throws where a letter follows at once, which the grammar lets through: `5or up`. */
export function numericText(query: string, node: TreeNode): string {
  const text = textOf(query, node)
  if (/\w/.test(query[node.to] ?? ''))
    throw parseError(query, node.from, `bad number or duration syntax: ${JSON.stringify(text)}`)
  return text
}

/** The children of a node, without comments. */
export function childrenOf(node: TreeNode): TreeNode[] {
  const children: TreeNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child)
  }
  return children
}

/** The child of a name that the grammar demands. */
export function childOf(query: string, node: TreeNode, name: string): TreeNode {
  const child = node.getChild(name)
  if (child === null) throw parseError(query, node.from, `unexpected ${node.name} without ${name}`)
  return child
}
