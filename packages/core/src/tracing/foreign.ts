/**
 * Tracing of requests under a foreign OpenTelemetry SDK. Each request gets one SERVER span. If an instrumentation has
 * opened one, Sightline completes it. Otherwise Sightline opens its own.
 */
import {
  context as contextApi,
  type Context,
  createContextKey,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace as traceApi,
  TraceFlags,
} from '@opentelemetry/api'

import { isRandom } from '../context/trace-context.ts'
import { hasFailed } from '../record/failure.ts'
import type { RequestRecord } from '../seam.ts'
import { attributesAtEnd, attributesAtStart, REQUEST_ID_ATTRIBUTE, spanNameOf } from './attributes.ts'
import { recordError } from './error.ts'
import type { RequestTracing, TracedRequest } from './request-tracing.ts'
import { spanContextOf, tracerOf } from './tracer.ts'

/**
 * The data that instrumentations share in the context of an HTTP request. An instrumentation that finds it opens no
 * SERVER span. The one that set it reads the route for its metrics from it.
 */
interface RpcMetadata {
  readonly type: 'http'
  readonly span: Span
  route?: string
}

/** The key in `@opentelemetry/core`. */
const RPC_METADATA = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA')

/** The tracing data of a request, in its `traced` slot. */
interface ForeignSpan {
  readonly span: Span
  readonly context: Context
  readonly rpc: RpcMetadata | undefined
  /** Whether an instrumentation has opened the span. It then also ends it. */
  readonly adopted: boolean
  /** Whether a hook of the framework ends the span. This hook does not run if the client leaves. */
  readonly hooked: boolean
}

/** Tracing through the API, for any SDK. */
export const foreignTracing: RequestTracing = {
  settle(request) {
    const foreign = adoptable(request) ?? opened(request)
    request.traced = foreign
    const { span, adopted } = foreign
    const spanContext = span.spanContext()
    // The provider does nothing, so the ids are for the log only.
    if (!isSpanContextValid(spanContext)) return request.received
    if (adopted) describeEarly(span, request)
    const { traceId, spanId, traceFlags, traceState } = spanContext
    // SDKs support level 1 of the recommendation only. The parts of the caller's headers that they drop are restored
    // here.
    const caller = request.received.traceId === traceId ? request.received : undefined
    return {
      traceId,
      spanId,
      parentId: parentOf(span) ?? caller?.parentId,
      sampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
      random: isRandom(traceFlags) || caller?.random === true,
      state: traceState?.serialize() || caller?.state,
    }
  },
  run(request, fn) {
    const foreign = request.traced as ForeignSpan | undefined
    return foreign ? contextApi.with(foreign.context, fn) : fn()
  },
  end(request, record) {
    const foreign = request.traced as ForeignSpan | undefined
    // The SDK threw when it started the span.
    if (foreign === undefined) return
    const { span, rpc, adopted, hooked } = foreign
    if (rpc && record.route !== undefined) rpc.route = record.route
    if (span.isRecording()) complete(span, request, record)
    if (!adopted || (hooked && record.outcome !== 'completed')) span.end(record.startedAt + record.durationMs)
  },
}

/** Whether an instrumentation has opened the SERVER span of this request. */
export function hasServerSpan(request: TracedRequest): boolean {
  return adoptable(request) !== undefined
}

/** The SERVER span that an instrumentation has opened for this request. */
function adoptable(request: TracedRequest): ForeignSpan | undefined {
  const context = contextApi.active()
  const rpc = context.getValue(RPC_METADATA) as RpcMetadata | undefined
  if (rpc?.type === 'http') return { span: rpc.span, context, rpc, adopted: true, hooked: false }
  // The active span may also belong to a single hook, which ends long before the request.
  const hookSpan = request.openedSpan() as Span | undefined
  const span = hookSpan ?? activeServerSpan(context)
  return (
    span && {
      span,
      context: traceApi.setSpan(context, span),
      rpc: undefined,
      adopted: true,
      hooked: hookSpan !== undefined,
    }
  )
}

function activeServerSpan(context: Context): Span | undefined {
  const span = traceApi.getSpan(context)
  if (span === undefined) return undefined
  // The API does not expose the kind of a span, but SDK spans have it. An unrecorded span has only its ids.
  const { kind } = span as { readonly kind?: SpanKind }
  const isServer =
    kind === undefined ? !span.isRecording() && !span.spanContext().isRemote : kind === SpanKind.SERVER
  return isServer ? span : undefined
}

function opened(request: TracedRequest): ForeignSpan {
  const { refused } = request
  // The active context does not belong to this request: the server may have been started within a span. The caller's
  // span is the parent.
  const outside = traceApi.deleteSpan(contextApi.active())
  const parent = refused ? outside : propagation.extract(outside, request.req.headers)
  const span = tracerOf().startSpan(
    spanNameOf(request.method, undefined),
    {
      kind: SpanKind.SERVER,
      startTime: request.startedAt,
      attributes: attributesAtStart(request),
      ...(refused && {
        links: [{ context: spanContextOf(refused, refused.parentId ?? refused.spanId, true) }],
      }),
    },
    parent,
  )
  const rpc: RpcMetadata = { type: 'http', span }
  const context = traceApi.setSpan(parent, span).setValue(RPC_METADATA, rpc)
  return { span, context, rpc, adopted: false, hooked: false }
}

/**
 * Sets the attributes that are known now, because the instrumentation may end the span before the response ends. They
 * also replace the instrumentation's path and query, which may contain secrets.
 */
function describeEarly(span: Span, request: TracedRequest): void {
  const route = request.routeSoFar()
  span.setAttributes({ ...attributesAtStart(request), [REQUEST_ID_ATTRIBUTE]: [request.id] })
  if (route === undefined) return
  span.updateName(spanNameOf(request.method, route))
  span.setAttribute('http.route', route)
}

function complete(span: Span, request: TracedRequest, record: RequestRecord): void {
  span.updateName(spanNameOf(record.method, record.route))
  span.setAttributes(attributesAtEnd(record))
  if (!hasFailed(record)) return
  if (record.error === undefined) span.setStatus({ code: SpanStatusCode.ERROR })
  else recordError(span, request.printed(record.error), record.startedAt + record.durationMs)
}

function parentOf(span: Span): string | undefined {
  return (span as { readonly parentSpanContext?: { readonly spanId: string } }).parentSpanContext?.spanId
}
