import { context as contextApi, propagation, type Span, trace as traceApi } from '@opentelemetry/api'

import { createSampler, type Sampler, type SamplingOptions } from '../sampling.ts'
import { SightlineContextManager } from './context-manager.ts'
import { hostRules, type PropagateTo } from './hosts.ts'
import { type Propagators, SightlinePropagator } from './propagator.ts'
import { createTracerProvider } from './provider.ts'
import type { SpanSink } from './spans.ts'

/** How a process traces. */
export interface TracingOptions {
  /** Which traces are recorded. Default: all that no caller has decided against. */
  readonly sampling?: SamplingOptions | Sampler
  /** To which hosts trace headers and baggage go. Default: `private`. */
  readonly propagateTo?: PropagateTo
  /** What is taken from callers and passed on. Default: the trace and baggage. */
  readonly propagators?: Propagators
  /** Takes the spans. */
  readonly sink: SpanSink
}

/**
 * Registers Sightline's tracing with OpenTelemetry's API, for all Sightlines and all instrumentations of the process.
 *
 * @returns takes it back; `undefined`: somebody else has registered already, and is left alone
 */
export function registerTracing({
  sampling = {},
  propagateTo = 'private',
  propagators,
  sink,
}: TracingOptions): (() => void) | undefined {
  const sampler = 'sample' in sampling ? sampling : createSampler(sampling)
  const allows = hostRules(propagateTo)
  // What is sent to a host that may not know has to be told from the rest, recorded or not.
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
