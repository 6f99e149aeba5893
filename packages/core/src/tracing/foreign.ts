/**
 * Requests under somebody else's OpenTelemetry SDK. The request gets one SERVER span: the one that an instrumentation has
 * opened already, completed with what it cannot know, or else one of ours.
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
 * What instrumentations leave for each other in the context of an HTTP request. Who finds it there opens no SERVER span
 * of its own, and who has opened the span takes the route for its metrics from it.
 */
interface RpcMetadata {
  readonly type: 'http'
  readonly span: Span
  route?: string
}

/** The key of `@opentelemetry/core`. */
const RPC_METADATA = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA')

/** What we keep with a request. */
interface ForeignSpan {
  readonly span: Span
  readonly context: Context
  readonly rpc: RpcMetadata | undefined
  /** Whether somebody else has opened the span, who will end it too. */
  readonly adopted: boolean
  /** Whether it ends with a hook of the framework: there is none for a request whose client has left. */
  readonly hooked: boolean
}

/** Tracing through the API, whoever's SDK is behind it. */
export const foreignTracing: RequestTracing = {
  settle(request) {
    const foreign = adoptable(request) ?? opened(request)
    request.traced = foreign
    const { span, adopted } = foreign
    const spanContext = span.spanContext()
    // A provider that does nothing: the ids are for the log alone.
    if (!isSpanContextValid(spanContext)) return request.received
    if (adopted) describeEarly(span, request)
    const { traceId, spanId, traceFlags, traceState } = spanContext
    // SDKs know level 1 of the recommendation only: what they lose of the caller's headers is still there.
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
    // Their SDK has thrown when the span was to begin.
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

/** The SERVER span of this request that an instrumentation has opened, if one has. */
function adoptable(request: TracedRequest): ForeignSpan | undefined {
  const context = contextApi.active()
  const rpc = context.getValue(RPC_METADATA) as RpcMetadata | undefined
  if (rpc?.type === 'http') return { span: rpc.span, context, rpc, adopted: true, hooked: false }
  // What is active may also be the span of a single hook, which will end long before the request.
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
  // The API has no word for a span's kind; those of the SDK have. One that is not recorded has nothing but its ids.
  const { kind } = span as { readonly kind?: SpanKind }
  const isServer =
    kind === undefined ? !span.isRecording() && !span.spanContext().isRemote : kind === SpanKind.SERVER
  return isServer ? span : undefined
}

function opened(request: TracedRequest): ForeignSpan {
  const { refused } = request
  // What is active here is nobody's request: a server that was started within a span, perhaps. The caller is the parent.
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
 * Who opened the span may end it before the response does, so what is known by now is said now. That is also in place of
 * what they have said of the path and the query, in which secrets may be.
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
