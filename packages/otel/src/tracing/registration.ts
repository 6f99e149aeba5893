import { context as contextApi, propagation, type Span, trace as traceApi } from '@opentelemetry/api'

import { createSampler, type Sampler, type SamplingOptions } from '../sampling.ts'
import { SightlineContextManager } from './context-manager.ts'
import { hostRules, type PropagateTo } from './hosts.ts'
import { type Propagators, SightlinePropagator } from './propagator.ts'
import { createTracerProvider } from './provider.ts'
import type { SpanSink } from './spans.ts'

/** The tracing options of a process. */
export interface TracingOptions {
  /** Selects the traces to record. Default: all, except those that the caller decided not to sample. */
  readonly sampling?: SamplingOptions | Sampler
  /** The hosts that receive trace headers and baggage. Default: `private`. */
  readonly propagateTo?: PropagateTo
  /** The headers that are read from callers and propagated. Default: trace and baggage. */
  readonly propagators?: Propagators
  /** Receives the spans. */
  readonly sink: SpanSink
}

/**
 * Registers Sightline's tracing with OpenTelemetry's API, for all Sightlines and instrumentations of the
 * process.
 *
 * @returns unregisters it; `undefined`: another tracer provider is registered, and stays
 */
export function registerTracing({
  sampling = {},
  propagateTo = 'private',
  propagators,
  sink,
}: TracingOptions): (() => void) | undefined {
  const sampler = 'sample' in sampling ? sampling : createSampler(sampling)
  const allows = hostRules(propagateTo)
  // Spans of requests to hosts that must not receive headers, sampled or not.
  const secretive = new WeakSet<Span>()
  const provider = createTracerProvider(sampler, sink, {
    followsCallers: propagators?.trace,
    onOutbound(span, host) {
      if (!allows(host)) secretive.add(span)
    },
  })
  if (!traceApi.setGlobalTracerProvider(provider)) return undefined
  contextApi.setGlobalContextManager(new SightlineContextManager(provider.spanOf))
  propagation.setGlobalPropagator(new SightlinePropagator((span) => !secretive.has(span), propagators))
  return () => {
    traceApi.disable()
    contextApi.disable()
    propagation.disable()
  }
}
