/**
 * CLIENT spans of outbound requests: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client
 */
import {
  type Attributes,
  context as contextApi,
  createContextKey,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace as traceApi,
} from '@opentelemetry/api'
import type { CallEnd, OutboundCall } from '@sightline/core/telemetry'

import { setTraceHeader } from './headers.ts'

const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/**
 * Begins the span of an outbound request, and sets its trace headers.
 *
 * @returns ends the span; `undefined`: the request is not traced
 */
export function traceCall(call: OutboundCall): ((end: CallEnd) => void) | undefined {
  const active = contextApi.active()
  // Without a header, the receiver would begin a new trace.
  if (!call.open || active.getValue(SUPPRESSED) === true || isTraced(traceApi.getSpan(active)))
    return undefined
  const span = traceApi
    .getTracer('@sightline/otel')
    .startSpan(call.method, { kind: SpanKind.CLIENT, attributes: attributesOf(call) }, active)
  const { traceId } = span.spanContext()
  propagation.inject(traceApi.setSpan(active, span), call, {
    set: (carrier, name, value) => setTraceHeader(carrier, traceId, name, value),
  })
  if (!span.isRecording()) return undefined
  return (end) => ('status' in end ? endWithStatus(span, end.status) : endWithError(span, end.error))
}

function endWithStatus(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status)
  if (status >= 400) {
    span.setAttribute('error.type', String(status))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}

function endWithError(span: Span, error: unknown): void {
  const { code, name, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>
  span.setAttribute('error.type', code ?? name ?? '_OTHER')
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) })
  span.end()
}

/**
 * Whether an instrumentation has made a span of this request. Such a span is active while the request is
 * made.
 */
function isTraced(span: Span | undefined): boolean {
  const { kind, attributes } = (span ?? {}) as { readonly kind?: SpanKind; readonly attributes?: Attributes }
  return kind === SpanKind.CLIENT && attributes?.['http.request.method'] !== undefined
}

function attributesOf({ method, protocol, host, port, path }: OutboundCall): Attributes {
  const scheme = protocol.replace(/:$/, '')
  const authority = port === undefined ? host : `${host}:${port}`
  return {
    'http.request.method': method,
    'server.address': host,
    'server.port': port ?? (scheme === 'https' ? 443 : 80),
    // Secrets are masked when the span is exported.
    'url.full': `${scheme}://${authority}${path}`,
  }
}
