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

/** The tracing interface of core, and the data that spans within a request need. */
export interface Requests extends Required<Pick<RequestTracing, 'settle' | 'end' | 'sample' | 'records'>> {
  /** The current span of a frame, made on demand. */
  spanOf(frame: Frame): Span | undefined
  /** The spans of the scope's request. `undefined` without a request, or if none are kept. */
  spansOf(scope: RunningScope): RequestSpans | undefined
}

/**
 * Creates the tracing of requests. An unsampled request has only its ids. A sampled request is written when
 * it ends, from its record.
 */
export function createRequests(sampler: Sampler, sink: SpanSink, followsCallers: boolean): Requests {
  const { holds } = sampler
  const { settle, sample } = createSettling(sampler, followsCallers)

  function spansOf(scope: RunningScope): RequestSpans | undefined {
    const request = requestOf(scope)
    if (request === undefined || !(request.trace.sampled || holds)) return undefined
    request.traced ??= new RequestSpans(request.trace.sampled)
    // If an instrumentation has opened the span, `traced` holds that span.
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
      // Outside requests, the tracer decides.
      if (scope === undefined || scope.trace.sampled) return true
      return holds && requestOf(scope) !== undefined
    },
    end(request, record) {
      // `traced` is set only if something asked for the span.
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
