import { type SpanContext, trace as traceApi, TraceFlags, type Tracer } from '@opentelemetry/api'

import type { TraceContext } from '../trace-context.ts'

/** The tracer through which Sightline's spans are made. Asked for each time: tests register ever new providers. */
export function tracerOf(): Tracer {
  return traceApi.getTracer('@sightline/core')
}

/** A position in a trace as the API wants it. */
export function spanContextOf({ traceId, sampled }: TraceContext, spanId: string): SpanContext {
  return { traceId, spanId, isRemote: true, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE }
}
