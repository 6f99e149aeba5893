import type { Span, Trace } from '../../src/trace/span.ts'

/** A span for a test. Times are milliseconds. */
export function spanOf(
  id: string,
  parentId: string,
  start: number,
  duration: number,
  more: Partial<Span> = {},
): Span {
  return {
    id,
    parentId,
    name: id,
    kind: 'internal',
    start,
    duration,
    failed: false,
    statusMessage: '',
    service: 'shop',
    version: '',
    instance: '',
    attributes: {},
    resource: {},
    scope: '',
    events: [],
    links: [],
    ...more,
  }
}

export function traceWith(spans: readonly Span[]): Trace {
  return {
    id: 'trace',
    start: 0,
    duration: Math.max(...spans.map(({ start, duration }) => start + duration)),
    spans: spans.toSorted((a, b) => a.start - b.start),
  }
}
