import type { RunningScope } from '../context/scopes.ts'
import type { NodeRequest, RequestRecord, TraceContext } from '../seam.ts'

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
