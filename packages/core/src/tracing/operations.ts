import { types } from 'node:util'

import {
  context as contextApi,
  type Context,
  type Span as ApiSpan,
  SpanKind,
  trace as traceApi,
  TraceFlags,
} from '@opentelemetry/api'

import { runToEnd } from '../context/run-to-end.ts'
import {
  type OperationScope,
  type RunningScope,
  type ScopeStorage,
  spanScopeOf,
  wholeOf,
} from '../context/scopes.ts'
import { isRandom } from '../context/trace-context.ts'
import type { Printer } from '../printing/printer.ts'
import type { FaultReporter, Fields, TraceContext } from '../seam.ts'
import { recordError } from './error.ts'
import { type Operation, tracedIteration } from './iteration.ts'
import { registeredTracing } from './registered.ts'
import { liveSpan, type Span, UNRECORDED } from './span.ts'
import { spanContextOf, tracerOf } from './tracer.ts'

/** A function around which there is a span. */
type Method<This, A extends unknown[], R> = (this: This, ...args: A) => R

/** How a span begins. */
export interface TraceOptions {
  /** On which side of a conversation the operation is. Default: `internal`. */
  readonly kind?: 'internal' | 'client' | 'server' | 'producer' | 'consumer'
  /** Fields from the start: a sampler sees them. */
  readonly fields?: Fields
}

/** Shows what a service does as spans within its requests and jobs. A plain call where nobody has set up tracing. */
export interface Tracing {
  /**
   * Runs `fn` in a span of its own, which ends when `fn` does: with its promise or its iteration where it returns one.
   * Log lines in it carry its span id. What it throws is recorded and thrown on.
   *
   * @example
   * const rates = await trace('load rates', async (span) => {
   *   const loaded = await store.rates()
   *   span.set({ count: loaded.length })
   *   return loaded
   * })
   */
  trace<R>(name: string, fn: (span: Span) => R): R
  trace<R>(name: string, options: TraceOptions, fn: (span: Span) => R): R
  /**
   * Makes a function or method traced: a wrapper and a decorator in one. Generators are traced from their first value to
   * their end.
   *
   * @example
   * const price = traced('price')(lookUpPrice)
   * class Basket { @traced('checkout') async checkout() {} }
   */
  traced(
    name: string,
    options?: TraceOptions,
  ): <This, A extends unknown[], R>(
    method: Method<This, A, R>,
    context?: ClassMethodDecoratorContext,
  ) => Method<This, A, R>
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

export interface TracingSetup {
  readonly storage: ScopeStorage
  readonly printer: Printer
  /** Makes the id of an operation that belongs to no request or job: it is a job of its own. */
  readonly newId: () => string
  readonly fault: FaultReporter
}

/** Makes the tracing of one Sightline. */
export function createTracing({ storage, printer, newId, fault }: TracingSetup): Tracing {
  /** Starts a span; `undefined`: nobody would see it. */
  function start(name: string, { kind = 'internal', fields }: TraceOptions): Operation | undefined {
    const tracing = registeredTracing()
    if (tracing === undefined) return undefined
    const outer = storage.getStore()
    if (tracing.records?.(outer) === false) return undefined
    // Somebody else's SDK knows nothing of jobs: what a message brought along is handed to it.
    const parent = tracing.run && outer && isUnspanned(outer) ? senderContext(outer.trace) : undefined
    const apiSpan = tracerOf().startSpan(name, { kind: KINDS[kind] }, parent)
    if (!apiSpan.isRecording()) return undefined
    const span = liveSpan(apiSpan, printer)
    if (fields) span.set(fields)
    const scope = operationScope(apiSpan, outer, newId)
    // Sightline's own context manager finds the span in the scope.
    const context = tracing.run ? traceApi.setSpan(contextApi.active(), apiSpan) : undefined
    return {
      span,
      run: (fn) =>
        context ? contextApi.with(context, () => storage.run(scope, fn)) : storage.run(scope, fn),
      end: () => apiSpan.end(),
      fail(error) {
        recordError(apiSpan, printer.value(error))
        apiSpan.end()
      },
    }
  }

  /** An SDK that throws is no reason not to do what was to be traced. */
  function startSafely(name: string, options: TraceOptions): Operation | undefined {
    try {
      return start(name, options)
    } catch (error) {
      fault('tracing', error)
      return undefined
    }
  }

  function trace<R>(
    name: string,
    ...[first, second]: [fn: (span: Span) => R] | [options: TraceOptions, fn: (span: Span) => R]
  ): R {
    // Two arguments are the options and the function.
    const [options, fn] = typeof first === 'function' ? [{}, first] : [first, second as (span: Span) => R]
    const operation = startSafely(name, options)
    return operation ? finished(operation, () => fn(operation.span)) : fn(UNRECORDED)
  }

  return {
    trace,
    traced:
      (name, options = {}) =>
      (method) => {
        // What a generator function returns has not begun yet. Typed, or TypeScript would take it for the method's type.
        const isGenerator: boolean = types.isGeneratorFunction(method)
        return function tracedMethod(this, ...args) {
          return isGenerator
            ? tracedIteration(method.apply(this, args), () => startSafely(name, options))
            : trace(name, options, () => method.apply(this, args))
        }
      },
  }
}

/** The scope of an operation: the ids of its span, and everything else as in the request or job around it. */
function operationScope(
  apiSpan: ApiSpan,
  outer: RunningScope | undefined,
  newId: () => string,
): OperationScope {
  const { traceId, spanId, traceFlags, traceState } = apiSpan.spanContext()
  const trace: TraceContext = {
    traceId,
    spanId,
    parentId: outer && isUnspanned(outer) ? outer.trace.parentId : outer?.trace.spanId,
    sampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
    random: isRandom(traceFlags) || (outer?.trace.traceId === traceId && outer.trace.random === true),
    state: outer ? outer.trace.state : traceState?.serialize(),
  }
  // Outside of any request or job it is a job of its own.
  const parent = outer
    ? wholeOf(outer)
    : ({
        kind: 'job',
        parent: undefined,
        id: newId(),
        trace,
        fields: {},
        path: undefined,
        baggage: undefined,
      } as const)
  const { id, path } = outer ?? parent
  return {
    kind: 'operation',
    parent,
    id,
    trace,
    get fields() {
      return parent.fields
    },
    path,
    traced: apiSpan,
  }
}

/** Whether no span has the span id of a scope: what is traced in it is below its parent, or begins its trace. */
function isUnspanned(scope: RunningScope): boolean {
  return spanScopeOf(scope).kind === 'job'
}

/** Runs an operation to its end. */
function finished<R>(operation: Operation, fn: () => R): R {
  let iterates = false
  const result = runToEnd(
    () => {
      const returned = operation.run(fn)
      iterates = types.isGeneratorObject(returned)
      return returned
    },
    () => {
      // A generator ends with its iteration.
      if (!iterates) operation.end()
    },
    (error) => operation.fail(error),
  )
  return iterates ? tracedIteration(result, () => operation) : result
}

/** The API's view of a job whose message came from elsewhere. */
function senderContext(trace: TraceContext): Context {
  const outside = traceApi.deleteSpan(contextApi.active())
  return trace.parentId === undefined
    ? outside
    : traceApi.setSpanContext(outside, spanContextOf(trace, trace.parentId, true))
}
