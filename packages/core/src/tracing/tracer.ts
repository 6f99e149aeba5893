import { type SpanContext, trace as traceApi, type Tracer } from '@opentelemetry/api'

import { type TraceContext, traceFlagsOf } from '../trace-context.ts'
import { CarriedState } from '../trace-state.ts'

/** The tracer through which Sightline's spans are made. Asked for each time: tests register ever new providers. */
export function tracerOf(): Tracer {
  return traceApi.getTracer('@sightline/core')
}

/**
 * A position in a trace as the API wants it.
 *
 * @param isRemote whether the span is another process'
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
