/** SERVER spans, written when their requests end. */
import type { RequestRecord } from '@sightline/core'
import {
  attributesAtEnd,
  attributesAtStart,
  detailsOf,
  errorTypeOf,
  hasFailed,
  spanNameOf,
  traceFlagsOf,
  type TracedRequest,
} from '@sightline/core/telemetry'
import type { FinishedSpan, Scope, SpanEvent, SpanLink, SpanStatus } from '@sightline/otlp'

import type { RequestSpan, SpanSink } from './spans.ts'

/** The instrumentation scope of request spans. */
export const SERVER_SCOPE: Scope = { name: '@sightline/core' }

/**
 * Writes the span of a request.
 *
 * @param said the span object requested during the request, with the data set on it
 */
export function writeServerSpan(
  request: TracedRequest,
  record: RequestRecord,
  said: RequestSpan | undefined,
  sink: SpanSink,
): void {
  const failed = hasFailed(record)
  const exception = failed && record.error !== undefined ? exceptionOf(request, record) : undefined
  const status: SpanStatus | undefined = failed ? (exception?.status ?? { code: 'error' }) : undefined
  const links = linksOf(request)
  if (said) {
    sink.span(
      fullSpan(request, record, said, { exception: exception?.event, status, links }),
      SERVER_SCOPE,
      failed,
    )
    return
  }
  const errorType = errorTypeOf(record)
  sink.request(
    record,
    {
      ...detailsOf(request),
      errorType: errorType === '' ? undefined : errorType,
      status,
      links,
      events: exception && [exception.event],
    },
    failed,
  )
}

function fullSpan(
  request: TracedRequest,
  record: RequestRecord,
  said: RequestSpan,
  own: { exception: SpanEvent | undefined; status: SpanStatus | undefined; links: readonly SpanLink[] },
): FinishedSpan {
  const { trace } = record
  return {
    traceId: trace.traceId,
    spanId: trace.spanId,
    parentSpanId: trace.parentId,
    parentIsRemote: trace.parentId === undefined ? undefined : true,
    traceState: trace.state,
    traceFlags: traceFlagsOf({ ...trace, sampled: true }),
    name: said.givenName ?? spanNameOf(record.method, record.route),
    kind: 'server',
    startTime: record.startedAt,
    endTime: record.startedAt + record.durationMs,
    // The values of the ended request override those of an instrumentation.
    attributes: {
      ...said.attributes,
      ...attributesAtStart(request),
      ...attributesAtEnd(record),
    },
    droppedAttributesCount: said.droppedAttributes,
    events: own.exception ? [...said.events, own.exception] : said.events,
    droppedEventsCount: said.droppedEvents,
    links: [...own.links, ...said.links],
    droppedLinksCount: said.droppedLinks,
    status: own.status ?? said.status,
  }
}

/** A link to the caller's span, if the caller's trace is not trusted. */
function linksOf({ refused }: TracedRequest): readonly SpanLink[] {
  return refused?.parentId === undefined
    ? []
    : [
        {
          traceId: refused.traceId,
          spanId: refused.parentId,
          traceFlags: traceFlagsOf(refused),
          isRemote: true,
        },
      ]
}

function exceptionOf(
  request: TracedRequest,
  record: RequestRecord,
): { readonly event: SpanEvent; readonly status: SpanStatus } {
  const printed = request.printed(record.error)
  const { type, message, stack } =
    typeof printed === 'object' && printed !== null ? (printed as Record<string, unknown>) : {}
  const said = typeof message === 'string' ? message : String(printed)
  return {
    status: { code: 'error', message: said },
    event: {
      name: 'exception',
      time: record.startedAt + record.durationMs,
      attributes: {
        'exception.type': typeof type === 'string' ? type : 'Error',
        'exception.message': said,
        ...(typeof stack === 'string' && { 'exception.stacktrace': stack }),
      },
    },
  }
}
