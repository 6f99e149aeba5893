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
  for (const node of all) {
    const parent = nodes.get(node.span.parentId)
    if (parent === undefined || parent === node || isWithin(parent, node, nodes))
      roots.push({ ...node, isOrphan: node.span.parentId !== '' })
    else parent.children.push(node)
  }
  let moved = 0
  const placed = roots.map((root) => place(root, 0, () => moved++))
  return { roots: placed, moved }
}

/** Whether `node` is above `parent`, so that they are a circle. */
function isWithin(parent: Growing, node: Growing, nodes: ReadonlyMap<string, Growing>): boolean {
  let above: Growing | undefined = parent
  for (let steps = 0; above !== undefined && steps <= nodes.size; steps++) {
    if (above === node) return true
    above = nodes.get(above.span.parentId)
  }
  // A circle further up.
  return above !== undefined
}

/** Copies a node with all below it, moved by milliseconds. Not by recursion: a hostile trace is deep. */
function place(root: Growing, offset: number, countMove: () => void): Node {
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
