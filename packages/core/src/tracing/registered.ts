/**
 * Finds out who traces in this process. Whoever it is has registered a tracer provider with OpenTelemetry's API, at
 * whatever time; Sightline's own (`@sightline/otel`) has a shorter way in besides.
 */
import { ProxyTracerProvider, trace as traceApi, type TracerProvider } from '@opentelemetry/api'

import { frames, type RunningScope } from '../scopes.ts'
import type { RequestRecord } from '../seam.ts'
import type { TraceContext } from '../trace-context.ts'
import type { NodeRequest } from '../wire.ts'
import { foreignTracing, hasServerSpan } from './foreign.ts'

/** Where a tracer provider of Sightline's own offers its {@link RequestTracing}. */
export const TRACING = Symbol.for('sightline.tracing.1')

/** A request as tracing sees it while it is under way. */
export interface TracedRequest extends RunningScope {
  readonly req: NodeRequest
  /** The request target as it came, with its query. */
  readonly target: string
  /** As in the record. */
  readonly method: string
  readonly scheme: RequestRecord['scheme']
  readonly startedAt: number
  /** Milliseconds since its start. */
  readonly age: number
  /** What the caller's headers say; a trace of its own where the caller is not believed. */
  readonly received: TraceContext
  /** The caller's trace where the caller is not believed: something to point at. */
  readonly refused: TraceContext | undefined
  /** What the framework knows of the route by now. */
  routeSoFar(): string | undefined
  /** The span that an instrumentation of the framework has opened, where the adapter knows. */
  openedSpan(): unknown
  /** The path of the target, masked as far as the route is known by now. */
  maskedPath(): string
  /** Masks the secrets in a text. */
  masked(text: string): string
  /** An error as it may be shown. */
  printed(error: unknown): unknown
}

/** How the span of a request comes about. */
export interface RequestTracing {
  /** Settles the request's position in its trace. Called once, before anything of the request is run or written. */
  settle(request: TracedRequest): TraceContext
  /** Runs `fn` where the request's span is the active one. Absent: it is so in the request's scope. */
  run?<T>(request: TracedRequest, fn: () => T): T
  /** Completes the span. */
  end(request: TracedRequest, record: RequestRecord): void
  /** Decides whether a trace is recorded. Absent: its caller has decided. */
  sample?(trace: TraceContext, target: string | undefined): boolean
  /** Whether what is traced within a scope goes anywhere. Absent: only the tracer knows. */
  records?(scope: RunningScope | undefined): boolean
}

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
