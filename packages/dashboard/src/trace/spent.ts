import type { Segment } from './critical-path.ts'
import { isWaiting, peerOf, type Span } from './span.ts'

/** A part of the time that a trace took. */
export interface Part {
  /** `SELECT ledger_entries`, `waiting for a connection`, `own code`. */
  readonly what: string
  /** The service, and for calls what was called. */
  readonly where: string
  /** Calls of this name on the critical path. 0 for own code. */
  readonly times: number
  readonly ms: number
  /** The longest span of the part. */
  readonly span: Span
}

/** Parts that are told by name. */
const TOLD = 3
/** Share of the time from which on they are. */
const LEAST = 0.01

/** Where the time of a trace went, along its critical path: the longest parts, and the rest in milliseconds. */
export function spentOf(segments: readonly Segment[]): {
  readonly parts: readonly Part[]
  readonly rest: number
  readonly total: number
} {
  const parts = new Map<
    string,
    { what: string; where: string; spans: Set<Span>; ms: number; span: Span; isOwn: boolean }
  >()
  for (const { span, from, to } of segments) {
    const isCall = span.kind === 'client' || span.kind === 'producer'
    const isWait = isWaiting(span)
    const what = isWait ? span.name : isCall ? span.name : 'own code'
    const where = isCall && !isWait ? peerOf(span) || span.service : span.service
    const key = `${what}\u0000${where}`
    const part = parts.get(key) ?? { what, where, spans: new Set(), ms: 0, span, isOwn: !isCall && !isWait }
    parts.set(key, part)
    part.ms += to - from
    part.spans.add(span)
    if (span.duration > part.span.duration) part.span = span
  }
  const sorted = [...parts.values()].toSorted((a, b) => b.ms - a.ms)
  const total = sorted.reduce((sum, { ms }) => sum + ms, 0)
  const told = sorted.slice(0, TOLD).filter(({ ms }, at) => at === 0 || ms >= total * LEAST)
  return {
    parts: told.map(({ spans, isOwn, ...part }) => ({ ...part, times: isOwn ? 0 : spans.size })),
    rest: sorted.slice(told.length).reduce((sum, { ms }) => sum + ms, 0),
    total,
  }
}
