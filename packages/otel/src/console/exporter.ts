import type { FinishedSpan } from '@sightline/otlp'

import type { SpanSink } from '../tracing/spans.ts'
import { drawTree, type ShownSpan } from './tree.ts'

/** The output stream of the trees. */
interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Maximum number of open traces. Beyond it, the oldest is dropped: its root may never end. */
const MAX_TRACES = 1_000
const MAX_SPANS = 500
const DEFAULT_WIDTH = 100

/** Prints each trace as a tree when its part in this process has ended. For development. */
export function consoleSpans(terminal: Terminal): SpanSink {
  const pending = new Map<string, ShownSpan[]>()

  function take(traceId: string, span: ShownSpan, isRoot: boolean): void {
    const spans = pending.get(traceId) ?? []
    if (spans.length < MAX_SPANS || isRoot) spans.push(span)
    if (!isRoot) {
      pending.set(traceId, spans)
      const [oldest] = pending.keys()
      if (pending.size > MAX_TRACES && oldest !== undefined) pending.delete(oldest)
      return
    }
    pending.delete(traceId)
    const style = { colors: terminal.isTTY === true, width: terminal.columns ?? DEFAULT_WIDTH }
    terminal.write(drawTree(traceId, spans, style))
  }

  return {
    request({ trace, method, route, path, status, outcome, startedAt, durationMs }, { events = [] }, failed) {
      const span: ShownSpan = {
        spanId: trace.spanId,
        parentId: trace.parentId,
        name: `${method} ${route ?? path}`,
        detail: outcome === 'completed' ? String(status ?? '') : outcome,
        start: startedAt,
        end: startedAt + durationMs,
        failed,
        events: events.map(eventText),
      }
      take(trace.traceId, span, true)
    },
    span(span) {
      take(span.traceId, shown(span), span.parentSpanId === undefined || span.parentIsRemote === true)
    },
  }
}

function shown(span: FinishedSpan): ShownSpan {
  return {
    spanId: span.spanId,
    parentId: span.parentSpanId,
    name: span.name,
    detail: detailOf(span),
    start: span.startTime,
    end: span.endTime,
    failed: span.status?.code === 'error',
    events: (span.events ?? []).map(eventText),
  }
}

/** The most useful attribute of a span: a status, a host, a statement. */
function detailOf({ kind, attributes }: FinishedSpan): string {
  const texts = [
    // For a server span, this is the service's own address.
    kind === 'server' ? undefined : attributes['server.address'],
    attributes['db.query.text'] ?? attributes['db.statement'],
    attributes['http.response.status_code'],
  ]
  return texts
    .flatMap((text) => (typeof text === 'string' || typeof text === 'number' ? [String(text)] : []))
    .join(' ')
}

function eventText({ name, attributes = {} }: NonNullable<FinishedSpan['events']>[number]): string {
  const message = attributes['exception.message']
  return typeof message === 'string' ? `${String(attributes['exception.type'])}: ${message}` : name
}
