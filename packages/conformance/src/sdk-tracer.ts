import { context, type HrTime, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { type ReadableSpan, SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace'

import type { SeenSpan, Tracer } from './traces.ts'

/** OpenTelemetry's own SDK, registered like in an application. */
export function sdkTracer(): Tracer {
  const spans: SeenSpan[] = []
  let all = true
  const { RECORD_AND_SAMPLED, NOT_RECORD } = SamplingDecision
  const provider = new TracerProvider({
    sampler: {
      shouldSample: () => ({ decision: all ? RECORD_AND_SAMPLED : NOT_RECORD }),
      toString: () => 'as the test wants it',
    },
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void spans.push(seen(span)),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  return {
    spans,
    recordAll(yes) {
      all = yes
    },
    settled: async () => {},
    close() {
      trace.disable()
      context.disable()
      propagation.disable()
    },
  }
}

function seen(span: ReadableSpan): SeenSpan {
  const { traceId, spanId } = span.spanContext()
  return {
    name: span.name,
    kind: span.kind,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    statusCode: span.status.code,
    attributes: span.attributes,
    events: span.events.map(({ name, attributes }) => ({ name, attributes })),
    links: span.links.map(({ context: linked }) => `${linked.traceId}-${linked.spanId}`),
    start: nanoseconds(span.startTime),
    end: nanoseconds(span.endTime),
  }
}

function nanoseconds([seconds, rest]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest)
}
