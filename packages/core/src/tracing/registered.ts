/**
 * Finds out who traces in this process. Whoever it is has registered a tracer provider with OpenTelemetry's API, at
 * whatever time; Sightline's own (`@sightline/otel`) has a shorter way in besides.
 */
import { ProxyTracerProvider, trace as traceApi, type TracerProvider } from '@opentelemetry/api'

import { frames } from '../context/scopes.ts'
import { foreignTracing, hasServerSpan } from './foreign.ts'
import { type RequestTracing, TRACING, type TracedRequest } from './request-tracing.ts'

interface Delegating extends TracerProvider {
  getDelegate?(): TracerProvider
}

/** What the API hands out while nobody has registered anything. */
const NOBODY = new ProxyTracerProvider().getDelegate()

/** Where a package that sends no spans says what becomes of traces all the same. */
const STAND_IN = Symbol.for('sightline.tracing.standin.1')

/**
 * Settles traces for as long as nobody has registered a tracer provider: whoever does comes first, at whatever time.
 *
 * @returns ends it
 */
export function standIn(tracing: RequestTracing): () => void {
  const shared = globalThis as { [STAND_IN]?: RequestTracing }
  shared[STAND_IN] = tracing
  return () => {
    if (shared[STAND_IN] === tracing) delete shared[STAND_IN]
  }
}

/** Who traces at the moment; `undefined`: nobody. */
export function registeredTracing(): RequestTracing | undefined {
  const registered: Delegating = traceApi.getTracerProvider()
  const provider = registered.getDelegate ? registered.getDelegate() : registered
  if (provider === NOBODY) return (globalThis as { readonly [STAND_IN]?: RequestTracing })[STAND_IN]
  return (provider as { readonly [TRACING]?: RequestTracing })[TRACING] ?? foreignTracing
}

/** Who traces a request: as a rule whoever traces, but a span that an instrumentation has opened is never doubled. */
export function tracingOf(request: TracedRequest): RequestTracing | undefined {
  const tracing = registeredTracing()
  if (tracing === undefined || tracing === foreignTracing) return tracing
  // Where nothing is active, which is the rule, nobody has opened anything.
  const nothingOpened = frames().getStore() === undefined && request.openedSpan() === undefined
  return nothingOpened || !hasServerSpan(request) ? tracing : foreignTracing
}
