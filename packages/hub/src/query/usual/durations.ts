import type { StoredSpan } from '../../store/events.ts'
import type { Trace } from './kindred.ts'

/** Nanoseconds. A span may end before it starts, where clocks are wrong. */
export function durationOf({ start, end }: StoredSpan): number {
  return end > start ? Number(end - start) : 0
}

/** From the first start to the last end of spans, in nanoseconds. */
export function extentOf(spans: Trace): number {
  const [first] = spans
  if (first === undefined) return 0
  let { start, end } = first
  for (const span of spans) {
    if (span.start < start) start = span.start
    if (span.end > end) end = span.end
  }
  return end > start ? Number(end - start) : 0
}

/** Nanoseconds of each span in which none of its children ran. */
export function selfTimes(spans: Trace): ReadonlyMap<StoredSpan, number> {
  // Spans are in the order of their start, so children are as well.
  const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId)
  return new Map(
    spans.map((span) => {
      let self = durationOf(span)
      let until = span.start
      for (const child of children.get(span.spanId) ?? []) {
        const from = child.start > until ? child.start : until
        const to = child.end < span.end ? child.end : span.end
        if (to <= from) continue
        self -= Number(to - from)
        until = to
      }
      return [span, Math.max(0, self)] as const
    }),
  )
}

/** The value that a share of sorted numbers do not exceed (nearest rank). 0 without numbers. */
export function quantileOf(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}
