import { type Span, trace as traceApi } from '@opentelemetry/api'
import {
  type Frame,
  hasFailed,
  isTracedRequest,
  requestOf,
  type RequestTracing,
  type RunningScope,
  spanContextOf,
  spanScopeOf,
  type TracedRequest,
} from '@sightline/core/telemetry'

import type { Sampler } from '../sampling.ts'
import { clockFrom } from './clock.ts'
import { writeServerSpan } from './server-spans.ts'
import { createSettling } from './settling.ts'
import { RequestSpan, RequestSpans, type SpanSink } from './spans.ts'

/** What core asks of tracing, and what spans within a request have to know of it. */
export interface Requests extends Required<Pick<RequestTracing, 'settle' | 'end' | 'sample' | 'records'>> {
  /** The span that is current in a frame, made if nobody has asked for it before. */
  spanOf(frame: Frame): Span | undefined
  /** What is kept of the request that a scope belongs to; `undefined`: it belongs to none, or nothing is kept of it. */
  spansOf(scope: RunningScope): RequestSpans | undefined
}

/**
 * Makes the tracing of requests. Of one that is not chosen nothing exists but its ids; one that is chosen is written when
 * it has ended, from its record.
 */
export function createRequests(sampler: Sampler, sink: SpanSink, followsCallers: boolean): Requests {
  const { holds } = sampler
  const { settle, sample } = createSettling(sampler, followsCallers)

  function spansOf(scope: RunningScope): RequestSpans | undefined {
    const request = requestOf(scope)
    if (request === undefined || !(request.trace.sampled || holds)) return undefined
    request.traced ??= new RequestSpans(request.trace.sampled)
    // An instrumentation that has opened the span itself has something else there.
    return request.traced instanceof RequestSpans ? request.traced : undefined
  }

  function serverSpan(request: TracedRequest): Span {
    const { trace, traced } = request
    if (isAdopted(traced)) return traced.span
    const spans = spansOf(request)
    if (spans === undefined) return traceApi.wrapSpanContext(spanContextOf(trace, trace.spanId, false))
    return (spans.server ??= new RequestSpan(
      spanContextOf(trace, trace.spanId, false),
      clockFrom(request.startedAt, performance.now() - request.age),
    ))
  }

  return {
    settle,
    sample,
    records(scope) {
      // Outside of any request the tracer decides.
      if (scope === undefined || scope.trace.sampled) return true
      return holds && requestOf(scope) !== undefined
    },
    end(request, record) {
      // What nobody has asked about is not there.
      const spans = request.traced instanceof RequestSpans ? request.traced : undefined
      const kept = record.trace.sampled || (holds && sampler.keeps(hasFailed(record), record.durationMs))
      spans?.settle(kept, sink)
      if (kept) writeServerSpan(request, record, spans?.server, sink)
    },
    spanOf({ scope }) {
      if (scope === undefined) return undefined
      const current = spanScopeOf(scope)
      if (isTracedRequest(current)) return serverSpan(current)
      // An operation's scope holds its span.
      if (current.kind === 'operation') return current.traced as Span
      const { parentId } = current.trace
      if (parentId === undefined) return undefined
      return traceApi.wrapSpanContext(spanContextOf(current.trace, parentId, true))
    },
    spansOf,
  }
}

/** Whether the span of a request is one that an instrumentation has opened. */
function isAdopted(traced: unknown): traced is { readonly span: Span } {
  return typeof traced === 'object' && traced !== null && 'span' in traced
}
