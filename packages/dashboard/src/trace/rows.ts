import { peerOf, type Span } from './span.ts'
import type { Node, Tree } from './tree.ts'

/** A row of the waterfall: a span, or several equal ones that follow each other. */
export interface Row {
  /** Of the first span. A group has it with `*`. */
  readonly key: string
  readonly depth: number
  readonly span: Span
  /** The spans of a group. One for a row that is no group. */
  readonly spans: readonly Span[]
  /** `undefined`: there is nothing to fold. */
  readonly isOpen: boolean | undefined
  readonly isOrphan: boolean
}

/** What of a tree is shown. */
export interface Folding {
  /** Keys of rows that are not as they are at first: groups are folded, and other rows are open. */
  readonly turned: ReadonlySet<string>
  /** Milliseconds. Shorter spans without a failure are left out, unless something long is within them. */
  readonly least: number
}

/** Equal spans in a row that become a group. */
const GROUP = 3

/** The rows of a tree in the order of the waterfall, and the number of spans that are hidden because they are short. */
export function rowsOf(
  { roots }: Tree,
  { turned, least }: Folding,
): { readonly rows: Row[]; readonly hidden: number } {
  const rows: Row[] = []
  let hidden = 0
  /** Siblings that are still to come, the innermost last. */
  const stack: Array<{ readonly nodes: readonly Node[]; at: number; readonly depth: number }> = []
  const visit = (nodes: readonly Node[], depth: number) => void stack.push({ nodes, at: 0, depth })
  visit(roots, 0)
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const node = level.nodes[level.at]
    if (node === undefined) {
      stack.pop()
      continue
    }
    const run = runLength(level.nodes, level.at)
    if (run >= GROUP) {
      const group = level.nodes.slice(level.at, level.at + run)
      const key = `${node.span.id}*`
      level.at += run
      if (isShort(group, least)) {
        hidden += run
        continue
      }
      const isOpen = turned.has(key)
      rows.push(rowOf(key, level.depth, group, isOpen))
      if (isOpen) for (const each of group) rows.push(rowOf(each.span.id, level.depth + 1, [each], undefined))
      continue
    }
    level.at++
    if (isShort([node], least)) {
      hidden += sizeOf(node)
      continue
    }
    const isOpen = node.children.length === 0 ? undefined : !turned.has(node.span.id)
    rows.push(rowOf(node.span.id, level.depth, [node], isOpen))
    if (isOpen === true) visit(node.children, level.depth + 1)
  }
  return { rows, hidden }
}

function rowOf(key: string, depth: number, nodes: readonly Node[], isOpen: boolean | undefined): Row {
  const [first] = nodes
  if (first === undefined) throw new Error('A row has at least one span')
  return {
    key,
    depth,
    span: first.span,
    spans: nodes.map(({ span }) => span),
    isOpen,
    isOrphan: first.isOrphan,
  }
}

/** How many equal siblings without children follow each other. */
function runLength(nodes: readonly Node[], from: number): number {
  const first = nodes[from]
  if (first === undefined || first.children.length > 0) return 1
  let to = from + 1
  for (let next = nodes[to]; next !== undefined && isLike(first, next); next = nodes[to]) to++
  return to - from
}

function isLike({ span }: Node, { span: other, children }: Node): boolean {
  return (
    children.length === 0 &&
    other.name === span.name &&
    other.service === span.service &&
    other.kind === span.kind &&
    peerOf(other) === peerOf(span)
  )
}

/** Whether nothing in the nodes is long or failed, nor all of them together. */
function isShort(nodes: readonly Node[], least: number): boolean {
  if (least === 0 || nodes.reduce((sum, { span }) => sum + span.duration, 0) >= least) return false
  const todo = [...nodes]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (node.span.duration >= least || node.span.failed) return false
    todo.push(...node.children)
  }
  return true
}

function sizeOf(node: Node): number {
  let size = 0
  const todo = [node]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    size++
    todo.push(...next.children)
  }
  return size
}

/** All spans that came one after the other, none of them at the same time as the one before. */
export function areInTurn(spans: readonly Span[]): boolean {
  return spans.every((span, at) => {
    const before = spans[at - 1]
    return before === undefined || span.start >= before.start + before.duration - 0.05
  })
}
