import { describe, expect, it } from '@jest/globals'
import type { FinishedSpan } from '@sightline/otlp'

import { consoleSpans } from '../src/console/exporter.ts'
import { drawTree, type ShownSpan } from '../src/console/tree.ts'

const TRACE = 'a'.repeat(32)

function shown(name: string, differences: Partial<ShownSpan> = {}): ShownSpan {
  return {
    spanId: name,
    parentId: undefined,
    name,
    detail: '',
    start: 0,
    end: 100,
    failed: false,
    events: [],
    ...differences,
  }
}

describe('the tree of a trace', () => {
  it('has a line for each span below its parent, in the order of their starts, with its place in the whole', () => {
    const tree = drawTree(
      TRACE,
      [
        shown('pay', { parentId: 'checkout', start: 50, end: 100, detail: 'payments 503', failed: true }),
        shown('load', { parentId: 'checkout', start: 0, end: 25 }),
        shown('query', { parentId: 'load', start: 0, end: 12.5, events: ['cache miss'] }),
        shown('checkout', { detail: '201' }),
      ],
      { colors: false, width: 80 },
    )
    expect(tree).toBe(
      [
        'checkout 201                             100.0 ms  ━━━━━━━━━━━━━━━━━━━━━━━━',
        '├─ load                                   25.0 ms  ━━━━━━',
        '│  └─ query                               12.5 ms  ━━━',
        '│        · cache miss',
        '└─ pay payments 503                       50.0 ms              ━━━━━━━━━━━━',
        `trace ${TRACE}`,
        '',
        '',
      ].join('\n'),
    )
  })

  it('is coloured on a terminal, and obeys nobody who puts commands to the terminal into a name', () => {
    const tree = drawTree(TRACE, [shown('a\u001b[2Jb\nc', { failed: true })], { colors: true, width: 80 })
    expect(tree).toContain('\u001b[31ma·[2Jb·c\u001b[0m')
  })

  it('shows spans whose parent is missing at the root', () => {
    const tree = drawTree(TRACE, [shown('orphan', { parentId: 'gone' })], { colors: false, width: 80 })
    expect(tree.split('\n')[0]).toMatch(/^orphan/)
  })
})

describe('the console exporter', () => {
  const finished = (name: string, differences: Partial<FinishedSpan> = {}): FinishedSpan => ({
    traceId: TRACE,
    spanId: name,
    traceFlags: 1,
    name,
    kind: 'internal',
    startTime: 0,
    endTime: 1,
    attributes: {},
    ...differences,
  })

  it('shows a trace when its root in this process has ended', () => {
    const written: string[] = []
    const sink = consoleSpans({ write: (text) => written.push(text) })
    sink.span(finished('child', { parentSpanId: 'root' }), { name: 's' }, false)
    expect(written).toEqual([])
    sink.span(finished('root', { parentSpanId: 'caller', parentIsRemote: true }), { name: 's' }, false)
    expect(written).toHaveLength(1)
    expect(written[0]).toMatch(/^root .*\n└─ child /)
  })

  it('keeps a bounded number of traces whose root never ends', () => {
    const written: string[] = []
    const sink = consoleSpans({ write: (text) => written.push(text) })
    for (let i = 0; i < 5_000; i++)
      sink.span(finished('child', { traceId: String(i), parentSpanId: 'root' }), { name: 's' }, false)
    sink.span(finished('root', { traceId: '0' }), { name: 's' }, false)
    sink.span(finished('root', { traceId: '4999' }), { name: 's' }, false)
    expect(written[0]).not.toContain('child')
    expect(written[1]).toContain('child')
  })
})
