import type { RequestScope, RunningScope } from '../context/scopes.ts'
import type { NodeRequest, RequestRecord, TraceContext } from '../seam.ts'

/** The property in which Sightline's own tracer provider offers its {@link RequestTracing}. */
export const TRACING = Symbol.for('sightline.tracing.1')

/** The view of an in-flight request for tracing. */
export interface TracedRequest extends RequestScope {
  readonly req: NodeRequest
  /** The original request target, with its query. */
  readonly target: string
  /** As in the record. */
  readonly method: string
  readonly scheme: RequestRecord['scheme']
  readonly startedAt: number
  /** Milliseconds since its start. */
  readonly age: number
  /** The trace of a trusted caller's headers, or a new trace. */
  readonly received: TraceContext
  /** The trace of an untrusted caller, for a link. */
  readonly refused: TraceContext | undefined
  /** The span that an instrumentation of the framework has opened, if the adapter knows it. */
  openedSpan(): unknown
  /** The path of the target, masked as far as the route is known by now. */
  maskedPath(): string
  masked(text: string): string
  /** The printer's output for an error. */
  printed(error: unknown): unknown
}

/** Whether a scope is a request. */
export function isTracedRequest(scope: RunningScope | undefined): scope is TracedRequest {
  return scope?.kind === 'request'
}

/** Controls the span of a request. */
export interface RequestTracing {
  /** Determines the request's position in its trace. Called once, before its code runs and before its first line. */
  settle(request: TracedRequest): TraceContext
  /** Runs `fn` with the request's span as the active one. Absent: the request's scope makes it the active one. */
  run?<T>(request: TracedRequest, fn: () => T): T
  /** Completes the span. */
  end(request: TracedRequest, record: RequestRecord): void
  /** Decides whether a trace is recorded. Absent: the caller's decision applies. */
  sample?(trace: TraceContext, target: string | undefined): boolean
  /** Whether a span within a scope would be sent. Absent: only the tracer knows. */
  records?(scope: RunningScope | undefined): boolean
}
