import type { Span } from './span.ts'
import type { Node, Tree } from './tree.ts'

/** A time in which the end of the trace waited for one span. Milliseconds. */
export interface Segment {
  readonly span: Span
  readonly from: number
  readonly to: number
}

/**
 * The critical path: what to make faster so that the trace ends earlier. Goes back from the end of the longest root: at each time to the child
 * that ended last, and to the span itself where none was running. By start.
 */
export function criticalPath({ roots }: Tree): Segment[] {
  const [root] = roots.toSorted((a, b) => b.span.duration - a.span.duration)
  if (root === undefined) return []
  const segments: Segment[] = []
  const todo: Array<{ readonly node: Node; readonly until: number }> = [
    { node: root, until: root.span.start + root.span.duration },
  ]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { node, until } = next
    let time = Math.min(until, endOf(node))
    // The latest end first.
    for (const child of node.children.toSorted((a, b) => endOf(b) - endOf(a))) {
      if (child.span.start >= time || child.span.duration === 0) continue
      const end = Math.min(endOf(child), time)
      // A call that goes on after its caller, or began before, is not what the caller waited for.
      if (end <= node.span.start) break
      if (time > end) segments.push({ span: node.span, from: end, to: time })
      todo.push({ node: child, until: end })
      time = Math.max(child.span.start, node.span.start)
      if (time <= node.span.start) break
    }
    if (time > node.span.start) segments.push({ span: node.span, from: node.span.start, to: time })
  }
  return segments.toSorted((a, b) => a.from - b.from)
}

const endOf = ({ span }: Node): number => span.start + span.duration

/** Milliseconds of a span in which none of its children ran. */
export function selfTime({ span, children }: Node): number {
  let busy = 0
  let until = span.start
  for (const { span: child } of children) {
    const from = Math.max(child.start, until)
    const to = Math.min(child.start + child.duration, span.start + span.duration)
    if (to <= from) continue
    busy += to - from
    until = to
  }
  return Math.max(0, span.duration - busy)
}
