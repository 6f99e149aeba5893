import type { Expression, Subquery, VectorSelector } from '../parse/expression.ts'

/** The time range of which a query needs a selector's samples: milliseconds, both ends included. */
export interface TimeRange {
  readonly start: number
  readonly end: number
}

/** Each selector of a prepared query, with the samples that it needs when it is evaluated from `start` to `end`. */
export function selectionsOf(
  expression: Expression,
  { start, end }: TimeRange,
  lookbackAt: (time: number) => number,
): Map<VectorSelector, TimeRange> {
  const selections = new Map<VectorSelector, TimeRange>()

  const add = (
    selector: VectorSelector,
    rangeAt: (time: number) => number,
    path: readonly Subquery[],
  ): void => {
    const at = selector.at
    const outer = typeof at === 'number' ? { start: at, end: at } : shiftedBy(path, { start, end })
    const first = outer.start - selector.offset
    selections.set(selector, { start: first - rangeAt(first), end: outer.end - selector.offset })
  }

  const visit = (node: Expression, path: readonly Subquery[]): void => {
    switch (node.kind) {
      case 'vector':
        return add(node, lookbackAt, path)
      case 'matrix':
        return add(node.selector, () => node.range, path)
      case 'subquery':
        return visit(node.expression, [...path, node])
      case 'binary':
        visit(node.left, path)
        return visit(node.right, path)
      case 'call':
        return node.args.forEach((arg) => visit(arg, path))
      case 'aggregation':
        if (node.parameter !== undefined) visit(node.parameter, path)
        return visit(node.expression, path)
      case 'paren':
      case 'unary':
      case 'invariant':
        return visit(node.expression, path)
      default:
    }
  }
  visit(expression, [])
  return selections
}

/** The times at which the innermost of nested subqueries is evaluated. */
function shiftedBy(path: readonly Subquery[], query: TimeRange): TimeRange {
  let { start, end } = query
  let offset = 0
  let range = 0
  for (const subquery of path) {
    if (typeof subquery.at === 'number') {
      start = subquery.at
      end = subquery.at
      offset = 0
      range = 0
    }
    offset += subquery.offset
    range += subquery.range
  }
  return { start: start - offset - range, end: end - offset }
}
