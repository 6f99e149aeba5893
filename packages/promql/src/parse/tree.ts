import { parser } from '@prometheus-io/lezer-promql'

import { parseError } from './parse-error.ts'
import { syntaxError } from './syntax-error.ts'

/** A node of the tree that Prometheus' grammar makes of a query. */
export type TreeNode = ReturnType<typeof parser.parse>['topNode']

/** The expression at the top of a query. Throws where the query does not follow the grammar. */
export function parseTree(query: string): TreeNode {
  const tree = parser.parse(query)
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

/** The text of a node. */
export function textOf(query: string, node: TreeNode): string {
  return query.slice(node.from, node.to)
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
