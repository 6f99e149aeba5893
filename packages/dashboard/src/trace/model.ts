import type { Log } from '../logs/log.ts'
import { criticalPath, type Segment, selfTime } from './critical-path.ts'
import type { Span, Trace } from './span.ts'
import { spentOf } from './spent.ts'
import { type Node, type Tree, treeOf } from './tree.ts'

/** All that the page of a trace shows, computed once. */
export interface Model {
  readonly trace: Trace
  readonly tree: Tree
  readonly root: Span
  readonly services: readonly string[]
  /** Spans by id, as they are placed in the tree. */
  readonly nodes: ReadonlyMap<string, Node>
  readonly path: ReadonlyMap<string, readonly Segment[]>
  readonly spent: ReturnType<typeof spentOf>
  readonly logs: readonly Log[]
  readonly logsOf: ReadonlyMap<string, readonly Log[]>
  selfTimeOf(span: Span): number
}

/** @param logs The log records of the trace, oldest first */
export function modelOf(trace: Trace, logs: readonly Log[]): Model {
  const tree = treeOf(trace)
  const nodes = new Map<string, Node>()
  const todo = [...tree.roots]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (!nodes.has(node.span.id)) nodes.set(node.span.id, node)
    todo.push(...node.children)
  }
  const segments = criticalPath(tree)
  const [first] = tree.roots.toSorted((a, b) => b.span.duration - a.span.duration)
  if (first === undefined) throw new Error('A trace has at least one span')
  return {
    trace,
    tree,
    root: first.span,
    services: [...new Set(trace.spans.map(({ service }) => service))],
    nodes,
    path: Map.groupBy(segments, ({ span }) => span.id),
    spent: spentOf(segments),
    logs,
    logsOf: Map.groupBy(logs, ({ spanId }) => spanId),
    selfTimeOf(span) {
      const node = nodes.get(span.id)
      return node === undefined ? span.duration : selfTime(node)
    },
  }
}

/** The class of a service's colour: the first is `s1`. Those beyond the eighth share one. */
export const colourOf = ({ services }: Pick<Model, 'services'>, service: string): string => {
  const at = services.indexOf(service)
  return at >= 0 && at < 8 ? `s${at + 1}` : 's7'
}
