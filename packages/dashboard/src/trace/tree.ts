import type { Span, Trace } from './span.ts'

/** A span and those that it caused. */
export interface Node {
  readonly span: Span
  /** By start. */
  readonly children: readonly Node[]
  /** Its parent is missing in the trace. */
  readonly isOrphan: boolean
}

/** The tree of a trace. */
export interface Tree {
  readonly roots: readonly Node[]
  /** Spans that were moved because the clocks of two machines differ. */
  readonly moved: number
}

interface Growing {
  readonly span: Span
  readonly children: Growing[]
  readonly isOrphan: boolean
}

/**
 * Builds the tree. Spans whose parent is missing become roots, also those in a circle. A request that seems to lie outside of its call,
 * although it is shorter, comes from a machine with another clock: it is moved into the middle of the call, with all that it caused.
 */
export function treeOf({ spans }: Trace): Tree {
  const nodes = new Map<string, Growing>()
  const all = spans.map((span): Growing => {
    const node = { span, children: [], isOrphan: false }
    // Of two spans with one id, the first is the parent of others.
    if (span.id !== '' && !nodes.has(span.id)) nodes.set(span.id, node)
    return node
  })
  const roots: Growing[] = []
  const parents = parentsOf(all, nodes)
  for (const node of all) {
    const parent = parents.get(node)
    if (parent === undefined) roots.push({ ...node, isOrphan: node.span.parentId !== '' })
    else parent.children.push(node)
  }
  let moves = 0
  const copies = roots.map((root) => placed(root, 0, () => moves++))
  return { roots: copies, moved: moves }
}

/** The parent of each span. A circle of spans is cut open at one of them. */
function parentsOf(
  all: readonly Growing[],
  nodes: ReadonlyMap<string, Growing>,
): ReadonlyMap<Growing, Growing | undefined> {
  const parents = new Map<Growing, Growing | undefined>()
  for (const start of all) {
    const way = new Set<Growing>()
    let node: Growing | undefined = start
    while (node !== undefined && !parents.has(node) && !way.has(node)) {
      way.add(node)
      node = nodes.get(node.span.parentId)
    }
    for (const each of way) parents.set(each, nodes.get(each.span.parentId))
    if (node !== undefined && way.has(node)) parents.set(node, undefined)
  }
  return parents
}

/** Copies a node with all below it, moved by milliseconds. Not by recursion: a hostile trace is deep. */
function placed(root: Growing, offset: number, countMove: () => void): Node {
  const result: { node: Node; children: Node[] } = moved(root, offset)
  const todo = [{ from: root, to: result, offset }]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const child of next.from.children) {
      const shift = next.offset + skewOf(next.to.node.span, child.span, next.offset)
      if (shift !== next.offset) countMove()
      const copy = moved(child, shift)
      next.to.children.push(copy.node)
      todo.push({ from: child, to: copy, offset: shift })
    }
  }
  return result.node
}

function moved({ span, isOrphan }: Growing, offset: number): { node: Node; children: Node[] } {
  const children: Node[] = []
  const place =
    offset === 0
      ? span
      : {
          ...span,
          start: span.start + offset,
          events: span.events.map((event) => ({ ...event, at: event.at + offset })),
        }
  return { node: { span: place, children, isOrphan }, children }
}

/** Milliseconds that a request has to be moved to lie in the middle of its call. 0 where it does not lie outside. */
function skewOf(parent: Span, child: Span, offset: number): number {
  if (child.service === parent.service && child.instance === parent.instance) return 0
  if (parent.kind !== 'client' || child.kind !== 'server' || child.duration > parent.duration) return 0
  const start = child.start + offset
  const isInside = start >= parent.start && start + child.duration <= parent.start + parent.duration
  return isInside ? 0 : parent.start + (parent.duration - child.duration) / 2 - start
}
