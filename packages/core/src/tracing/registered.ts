/**
 * Finds the tracing of this process: the tracer provider that is registered with OpenTelemetry's API. It may be
 * registered at any time. Sightline's own provider (`@sightline/otel`) also offers a shorter path,
 * {@link RequestTracing}.
 */
import { ProxyTracerProvider, trace as traceApi, type TracerProvider } from '@opentelemetry/api'

import { frames } from '../context/scopes.ts'
import { foreignTracing, hasServerSpan } from './foreign.ts'
import { type RequestTracing, TRACING, type TracedRequest } from './request-tracing.ts'

interface Delegating extends TracerProvider {
  getDelegate?(): TracerProvider
}

/** The API's provider as long as none is registered. */
const NOBODY = new ProxyTracerProvider().getDelegate()

/** The place of a tracing without a tracer provider. It decides on sampling and sends no spans. */
const STAND_IN = Symbol.for('sightline.tracing.standin.1')

/**
 * Registers a tracing for the time without a tracer provider. A registered provider has priority.
 *
 * @returns removes it
 */
export function standIn(tracing: RequestTracing): () => void {
  const shared = globalThis as { [STAND_IN]?: RequestTracing }
  shared[STAND_IN] = tracing
  return () => {
    if (shared[STAND_IN] === tracing) delete shared[STAND_IN]
  }
}

/** The current tracing. `undefined`: none. */
export function registeredTracing(): RequestTracing | undefined {
  const registered: Delegating = traceApi.getTracerProvider()
  const provider = registered.getDelegate ? registered.getDelegate() : registered
  if (provider === NOBODY) return (globalThis as { readonly [STAND_IN]?: RequestTracing })[STAND_IN]
  return (provider as { readonly [TRACING]?: RequestTracing })[TRACING] ?? foreignTracing
}

/** The tracing of a request: the registered one, unless an instrumentation has already opened its span. */
export function tracingOf(request: TracedRequest): RequestTracing | undefined {
  const tracing = registeredTracing()
  if (tracing === undefined || tracing === foreignTracing) return tracing
  // Without an active context, no span has been opened. This is the usual case.
  const nothingOpened = frames().getStore() === undefined && request.openedSpan() === undefined
  return nothingOpened || !hasServerSpan(request) ? tracing : foreignTracing
}
