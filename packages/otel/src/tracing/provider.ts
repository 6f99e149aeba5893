import {
  context as contextApi,
  type Context,
  createContextKey,
  isSpanContextValid,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  trace as traceApi,
  TraceFlags,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import {
  type Frame,
  isRandom,
  type RunningScope,
  randomHex,
  type RequestTracing,
  spanContextOf,
  spanScopeOf,
  TRACING,
} from '@sightline/core/telemetry'
import type { Scope } from '@sightline/otlp'

import type { Sampler } from '../sampling.ts'
import { type Clock, clockFromNow, epochMsOf } from './clock.ts'
import { createRequests, type Requests } from './requests.ts'
import { ScopeContext } from './scope-context.ts'
import { OperationSpan, type Parent, type RequestSpans, type SpanSink } from './spans.ts'

/** The context key by which exporters suppress tracing of their own requests. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** The position of a new span. */
interface Place {
  readonly traceId: string
  readonly parent: Parent
  readonly sampled: boolean
  readonly random: boolean
  /** The enclosing request. `undefined` if there is none, or if none of its spans are kept. */
  readonly request: RequestSpans | undefined
  readonly clock: Clock
}

/** The tracer provider of Sightline, with a direct way for requests. */
export interface SightlineTracerProvider extends TracerProvider {
  readonly [TRACING]: RequestTracing
  /** The span of a frame, for the context manager. */
  spanOf(frame: Frame): Span | undefined
}

/** Called for each span of a request to another host. */
type OutboundListener = (span: Span, host: string) => void

export interface ProviderOptions {
  readonly onOutbound?: OutboundListener
  /** Whether requests continue the traces of their callers. Default: true. */
  readonly followsCallers?: boolean | undefined
}

/** Creates a tracer provider that passes its spans to `sink`. */
export function createTracerProvider(
  sampler: Sampler,
  sink: SpanSink,
  { onOutbound = () => {}, followsCallers = true }: ProviderOptions = {},
): SightlineTracerProvider {
  const requests = createRequests(sampler, sink, followsCallers)
  const tracers = new Map<string, Tracer>()
  return {
    [TRACING]: {
      settle: requests.settle,
      end: requests.end,
      sample: requests.sample,
      records: requests.records,
    },
    spanOf: requests.spanOf,
    getTracer(name, version = '') {
      const key = `${name} ${version}`
      let tracer = tracers.get(key)
      if (tracer === undefined) {
        tracer = createTracer({ name, version }, { sampler, sink, requests, onOutbound })
        tracers.set(key, tracer)
      }
      return tracer
    },
  }
}

interface TracerSetup {
  readonly sampler: Sampler
  readonly sink: SpanSink
  readonly requests: Requests
  readonly onOutbound: OutboundListener
}

function createTracer(scope: Scope, { sampler, sink, requests, onOutbound }: TracerSetup): Tracer {
  /** The position below the current span of a scope, without making that span. */
  function placeInScope(inner: RunningScope): Place {
    const current = spanScopeOf(inner)
    const { traceId, spanId, parentId, sampled, random = false, state } = current.trace
    return {
      traceId,
      sampled,
      random,
      parent:
        current.kind === 'job'
          ? { spanId: parentId, isRemote: true, state }
          : { spanId, isRemote: false, state },
      request: requests.spansOf(inner),
      clock:
        current.kind === 'operation' && current.traced instanceof OperationSpan
          ? current.traced.clock
          : clockFromNow(),
    }
  }

  /** @param target the path of the span's request, if it has one */
  function placeBelow(span: Span | undefined, target: string | undefined): Place {
    const above = span?.spanContext()
    if (span === undefined || above === undefined || !isSpanContextValid(above))
      return placeAtRoot(randomHex(16), target)
    if (span instanceof OperationSpan) return placeBelowOurs(above, span.clock, span.request)
    const { traceId, spanId, traceFlags, isRemote = false, traceState } = above
    const callers = (traceFlags & TraceFlags.SAMPLED) !== 0
    return {
      traceId,
      parent: { spanId, isRemote, state: traceState?.serialize() },
      // A decision of this process stands.
      sampled: isRemote ? sampler.sample(traceId, callers, target) : callers,
      random: isRandom(traceFlags),
      request: undefined,
      clock: clockFromNow(),
    }
  }

  function placeBelowOurs(above: SpanContext, clock: Clock, request: RequestSpans | undefined): Place {
    return {
      traceId: above.traceId,
      parent: { spanId: above.spanId, isRemote: false, state: above.traceState?.serialize() },
      sampled: (above.traceFlags & TraceFlags.SAMPLED) !== 0,
      random: isRandom(above.traceFlags),
      request,
      clock,
    }
  }

  function placeAtRoot(traceId: string, target: string | undefined): Place {
    return {
      traceId,
      parent: { spanId: undefined, isRemote: false, state: undefined },
      sampled: sampler.sample(traceId, undefined, target),
      random: true,
      request: undefined,
      clock: clockFromNow(),
    }
  }

  function placeOf(context: Context, { kind, attributes, root }: SpanOptions): Place {
    const path = kind === SpanKind.SERVER ? attributes?.['url.path'] : undefined
    const target = typeof path === 'string' ? path : undefined
    if (root) return placeAtRoot(randomHex(16), target)
    if (context instanceof ScopeContext && !context.hasOwnSpan && context.frame.scope)
      return placeInScope(context.frame.scope)
    return placeBelow(traceApi.getSpan(context), target)
  }

  function startSpan(name: string, options: SpanOptions = {}, context = contextApi.active()): Span {
    const span = newSpan(name, options, context)
    const host = options.kind === SpanKind.CLIENT ? options.attributes?.['server.address'] : undefined
    if (typeof host === 'string') onOutbound(span, host)
    return span
  }

  function newSpan(name: string, options: SpanOptions, context: Context): Span {
    const { kind = SpanKind.INTERNAL, attributes, links, startTime } = options
    const { traceId, parent, sampled, random, request, clock } = placeOf(context, options)
    const position = { traceId, sampled, random, state: parent.state }
    const isSuppressed = context.getValue(SUPPRESSED) === true
    if (isSuppressed || !(sampled || request !== undefined)) {
      // An unrecorded span takes its parent's id, so that propagated headers name an existing span. In an
      // unsampled trace no span exists, and each outbound request gets its own id, as Trace Context
      // recommends.
      const leaves = kind === SpanKind.CLIENT || kind === SpanKind.PRODUCER
      const spanId = leaves && !isSuppressed ? randomHex(8) : (parent.spanId ?? randomHex(8))
      return traceApi.wrapSpanContext(spanContextOf(position, spanId, false))
    }
    const start = startTime === undefined ? clock.now() : epochMsOf(startTime)
    const span = new OperationSpan(
      spanContextOf(position, randomHex(8), false),
      clock,
      { name, kind, parent, start, request },
      (finished) => {
        if (request) request.take(finished, scope, sink)
        else sink.span(finished, scope, finished.status?.code === 'error')
      },
    )
    if (attributes) span.setAttributes(attributes)
    if (links) span.addLinks(links)
    return span
  }

  return {
    startSpan,
    startActiveSpan<F extends (span: Span) => unknown>(
      name: string,
      ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
    ): ReturnType<F> {
      // The callback is the last of the optional arguments.
      const fn = rest.at(-1) as F
      const options = rest.length > 1 ? (rest[0] as SpanOptions) : undefined
      const context = rest.length > 2 ? (rest[1] as Context) : contextApi.active()
      const span = startSpan(name, options, context)
      return contextApi.with(traceApi.setSpan(context, span), () => fn(span) as ReturnType<F>)
    },
  }
}
