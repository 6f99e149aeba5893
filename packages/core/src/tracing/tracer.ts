import { type SpanContext, trace as traceApi, type Tracer } from '@opentelemetry/api'

import { traceFlagsOf } from '../context/trace-context.ts'
import { CarriedState } from '../context/trace-state.ts'
import type { TraceContext } from '../seam.ts'

/** The tracer of Sightline's spans. Looked up for each span, because tests register new providers again and again. */
export function tracerOf(): Tracer {
  return traceApi.getTracer('@sightline/core')
}

/**
 * A position in a trace in the API's form.
 *
 * @param isRemote whether the span belongs to another process
 */
export function spanContextOf(
  trace: Pick<TraceContext, 'traceId' | 'sampled' | 'random' | 'state'>,
  spanId: string,
  isRemote: boolean,
): SpanContext {
  const { traceId, state } = trace
  const position = { traceId, spanId, isRemote, traceFlags: traceFlagsOf(trace) }
  return state === undefined ? position : { ...position, traceState: new CarriedState(state) }
}
