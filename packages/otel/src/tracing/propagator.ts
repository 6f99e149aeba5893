import {
  type Context,
  isSpanContextValid,
  propagation,
  type Span,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace as traceApi,
  TraceFlags,
} from '@opentelemetry/api'
import {
  BAGGAGE_HEADER,
  baggageRules,
  continueTrace,
  isRandom,
  spanContextOf,
  traceparentOf,
} from '@sightline/core/telemetry'

import { ScopeContext } from './scope-context.ts'

/** The headers that are read from callers and sent in outbound requests. */
export interface Propagators {
  /** `traceparent` and `tracestate`. */
  readonly trace: boolean
  readonly baggage: boolean
}

const ALL_PROPAGATORS: Propagators = { trace: true, baggage: true }

/** W3C Trace Context and Baggage for callers of OpenTelemetry's API, mostly outbound instrumentations. */
export class SightlinePropagator implements TextMapPropagator {
  readonly #mayLeave: (span: Span) => boolean

  readonly #passes: Propagators

  /** @param mayLeave whether the receiver of a span's request may get headers */
  constructor(mayLeave: (span: Span) => boolean, passes: Propagators = ALL_PROPAGATORS) {
    this.#mayLeave = mayLeave
    this.#passes = passes
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = traceApi.getSpan(context)
    if (span && !this.#mayLeave(span)) return
    const position = this.#passes.trace ? positionOf(context, span) : undefined
    if (position !== undefined) {
      setter.set(carrier, 'traceparent', position.traceparent)
      if (position.state !== undefined && position.state !== '')
        setter.set(carrier, 'tracestate', position.state)
    }
    // A context made by the API may have no position in a trace. Then it sends no baggage, either.
    if (!this.#passes.baggage || (this.#passes.trace && position === undefined)) return
    const members = propagation.getBaggage(context)?.getAllEntries() ?? []
    const names = members.map(([name]) => name)
    const header = baggageRules(names).write(
      Object.fromEntries(members.map(([name, { value }]) => [name, value])),
    )
    if (header !== undefined) setter.set(carrier, BAGGAGE_HEADER, header)
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    if (!this.#passes.trace) return context
    const trace = continueTrace({
      traceparent: getter.get(carrier, 'traceparent'),
      tracestate: getter.get(carrier, 'tracestate'),
    })
    if (trace.parentId === undefined) return context
    return traceApi.setSpanContext(context, spanContextOf(trace, trace.parentId, true))
  }

  fields(): string[] {
    const { trace, baggage } = this.#passes
    return [...(trace ? ['traceparent', 'tracestate'] : []), ...(baggage ? [BAGGAGE_HEADER] : [])]
  }
}

interface Position {
  readonly traceparent: string
  readonly state: string | undefined
}

/** The parent for the receiver. */
function positionOf(context: Context, span: Span | undefined): Position | undefined {
  const spanContext = span?.spanContext()
  if (spanContext && isSpanContextValid(spanContext))
    return { traceparent: traceparent(spanContext), state: spanContext.traceState?.serialize() }
  // A job without a span still has a position in its trace.
  const scope = context instanceof ScopeContext ? context.frame.scope : undefined
  return scope && { traceparent: traceparentOf(scope.trace), state: scope.trace.state }
}

function traceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0
  const random = isRandom(traceFlags)
  return traceparentOf({ traceId, spanId, sampled, random, parentId: undefined, state: undefined })
}
