import { describe, expect, test } from '@jest/globals'

import { criticalPath, selfTime } from '../../src/trace/critical-path.ts'
import { areInTurn, rowsOf } from '../../src/trace/rows.ts'
import type { Span } from '../../src/trace/span.ts'
import { spentOf } from '../../src/trace/spent.ts'
import { type Node, treeOf } from '../../src/trace/tree.ts'
import { spanOf, traceWith } from './spans.ts'

/** `root(a b(c))`. */
const shape = (nodes: readonly Node[]): string =>
  nodes.map(({ span, children }) => span.id + (children.length > 0 ? `(${shape(children)})` : '')).join(' ')
const treeWith = (...spans: Span[]) => treeOf(traceWith(spans))

describe('a tree', () => {
  test('has the spans below those that caused them, by start', () => {
    const tree = treeWith(
      spanOf('root', '', 0, 100),
      spanOf('b', 'root', 20, 10),
      spanOf('a', 'root', 10, 5),
      spanOf('c', 'b', 22, 3),
    )
    expect(shape(tree.roots)).toBe('root(a b(c))')
  })

  test('has spans without their parent as roots, and says so', () => {
    const { roots } = treeWith(spanOf('root', '', 0, 10), spanOf('lost', 'gone', 5, 1))
    expect(roots.map(({ span, isOrphan }) => [span.id, isOrphan])).toEqual([
      ['root', false],
      ['lost', true],
    ])
  })

  test('ends where spans cause each other, or have the same id', () => {
    const circle = treeWith(
      spanOf('a', 'b', 0, 1),
      spanOf('b', 'a', 1, 1),
      spanOf('self', 'self', 2, 1),
      spanOf('b', 'a', 3, 1),
    )
    expect(circle.roots.length).toBeGreaterThan(0)
    const count = (nodes: readonly Node[]): number =>
      nodes.reduce((sum, node) => sum + 1 + count(node.children), 0)
    expect(count(circle.roots)).toBe(4)
  })

  test('is as deep as a hostile trace', () => {
    const spans = Array.from({ length: 20_000 }, (_, at) =>
      spanOf(`s${at}`, at === 0 ? '' : `s${at - 1}`, at, 20_000 - at),
    )
    const tree = treeOf(traceWith(spans))
    expect(rowsOf(tree, { turned: new Set(), least: 0 }).rows).toHaveLength(20_000)
    expect(criticalPath(tree).length).toBeGreaterThan(0)
  })

  test('moves a request into its call where the clocks of the machines differ, with all that it caused', () => {
    const tree = treeWith(
      spanOf('call', '', 100, 50, { kind: 'client' }),
      spanOf('request', 'call', 500, 40, { kind: 'server', service: 'other' }),
      spanOf('query', 'request', 510, 10, { service: 'other' }),
    )
    const [call] = tree.roots
    const [request] = call?.children ?? []
    expect(request?.span.start).toBe(105)
    expect(request?.children[0]?.span.start).toBe(115)
    expect(tree.moved).toBe(1)
  })

  test('leaves a request that is longer than its call where it is: the caller gave up', () => {
    const tree = treeWith(
      spanOf('call', '', 0, 50, { kind: 'client' }),
      spanOf('request', 'call', 5, 500, { kind: 'server', service: 'other' }),
    )
    expect(tree.moved).toBe(0)
  })
})

describe('the rows of a waterfall', () => {
  const queries = (count: number, duration = 2) =>
    Array.from({ length: count }, (_, at) =>
      spanOf(`q${at}`, 'root', 10 + at * 3, duration, { name: 'SELECT', kind: 'client' }),
    )
  const told = (rows: ReturnType<typeof rowsOf>['rows']) =>
    rows.map(({ depth, span, spans }) => `${depth} ${span.id} ${spans.length}`)

  test('fold equal siblings, and unfold them', () => {
    const tree = treeWith(spanOf('root', '', 0, 100), ...queries(4))
    expect(told(rowsOf(tree, { turned: new Set(), least: 0 }).rows)).toEqual(['0 root 1', '1 q0 4'])
    const open = rowsOf(tree, { turned: new Set(['q0*']), least: 0 })
    expect(told(open.rows)).toEqual(['0 root 1', '1 q0 4', '2 q0 1', '2 q1 1', '2 q2 1', '2 q3 1'])
  })

  test('do not fold two, nor those that have children', () => {
    const tree = treeWith(spanOf('root', '', 0, 100), ...queries(2))
    expect(rowsOf(tree, { turned: new Set(), least: 0 }).rows).toHaveLength(3)
    const nested = treeWith(spanOf('root', '', 0, 100), ...queries(3), spanOf('child', 'q1', 13, 1))
    expect(rowsOf(nested, { turned: new Set(), least: 0 }).rows).toHaveLength(5)
  })

  test('end below a folded row', () => {
    const tree = treeWith(spanOf('root', '', 0, 100), spanOf('a', 'root', 1, 9), spanOf('b', 'a', 2, 3))
    expect(rowsOf(tree, { turned: new Set(['a']), least: 0 }).rows.map(({ isOpen }) => isOpen)).toEqual([
      true,
      false,
    ])
  })

  test('leave out short spans, but no failures, nor many that are long together', () => {
    const tree = treeWith(
      spanOf('root', '', 0, 100),
      spanOf('short', 'root', 1, 0.5),
      spanOf('within', 'short', 1, 0.2),
      spanOf('failed', 'root', 3, 0.5, { failed: true }),
      ...queries(4, 0.5),
    )
    const { rows, hidden } = rowsOf(tree, { turned: new Set(), least: 1 })
    expect(rows.map(({ span }) => span.id)).toEqual(['root', 'failed', 'q0'])
    expect(hidden).toBe(2)
  })

  test('know spans that came one after the other', () => {
    expect(areInTurn(queries(5))).toBe(true)
    expect(areInTurn(queries(5, 10))).toBe(false)
  })
})

describe('the critical path', () => {
  const told = (...spans: Span[]) =>
    criticalPath(treeWith(...spans)).map(({ span, from, to }) => `${span.id} ${from}-${to}`)

  test('goes through the child that ended last, and through the span itself where none ran', () => {
    expect(
      told(
        spanOf('root', '', 0, 100),
        spanOf('a', 'root', 10, 30),
        spanOf('b', 'root', 15, 20),
        spanOf('c', 'root', 50, 40),
      ),
    ).toEqual(['root 0-10', 'a 10-40', 'root 40-50', 'c 50-90', 'root 90-100'])
  })

  test('leaves out what goes on after its caller', () => {
    expect(told(spanOf('root', '', 0, 50), spanOf('late', 'root', 60, 100))).toEqual(['root 0-50'])
    expect(told(spanOf('root', '', 0, 50), spanOf('over', 'root', 40, 100))).toEqual([
      'root 0-40',
      'over 40-50',
    ])
  })

  test('covers the whole trace, each moment once', () => {
    const segments = criticalPath(
      treeWith(
        spanOf('root', '', 0, 100),
        spanOf('a', 'root', 0, 60),
        spanOf('b', 'a', 10, 70),
        spanOf('c', 'root', 60, 40),
      ),
    )
    expect(segments.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(100)
    expect(segments.every(({ from }, at) => at === 0 || from === segments[at - 1]?.to)).toBe(true)
  })

  test("has a span's own time apart from that of its children, also where they overlap", () => {
    const [root] = treeWith(
      spanOf('root', '', 0, 100),
      spanOf('a', 'root', 10, 30),
      spanOf('b', 'root', 20, 40),
    ).roots
    expect(root && selfTime(root)).toBe(50)
  })
})

test('the time of a trace is told by what it went to', () => {
  const tree = treeWith(
    spanOf('root', '', 0, 1_000, { kind: 'server' }),
    spanOf('wait', 'root', 10, 300, { name: 'wait for a connection' }),
    ...Array.from({ length: 6 }, (_, at) =>
      spanOf(`q${at}`, 'root', 310 + at * 100, 100, {
        name: 'SELECT ledger',
        kind: 'client',
        attributes: { 'server.address': 'ledger-db' },
      }),
    ),
  )
  const { parts, rest, total } = spentOf(criticalPath(tree))
  expect(parts.map(({ what, where, times, ms }) => [what, where, times, ms])).toEqual([
    ['SELECT ledger', 'ledger-db', 6, 600],
    ['wait for a connection', 'shop', 1, 300],
    ['own code', 'shop', 0, 100],
  ])
  expect([rest, total]).toEqual([0, 1_000])
})
