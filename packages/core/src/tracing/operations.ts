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

type Method<This, A extends unknown[], R> = (this: This, ...args: A) => R

/** Options of a span. */
export interface TraceOptions {
  /** The role in a communication. Default: `internal`. */
  readonly kind?: 'internal' | 'client' | 'server' | 'producer' | 'consumer'
  /** Fields from the start of the span. Samplers see them. */
  readonly fields?: Fields
}

/** Traces operations as spans within requests and jobs. Without a registered tracer, `fn` is simply called. */
export interface Tracing {
  /**
   * Runs `fn` in its own span. The span ends with `fn`, or with the promise or iteration that it returns. Log lines
   * within `fn` carry the span id. Errors are recorded and passed on.
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
   * Makes a traced version of a function or method. Works as a wrapper and as a decorator. Generators are traced from
   * their first value to their end.
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
  /** Makes the id of an operation outside of any request or job. Such an operation counts as a job. */
  readonly newId: () => string
  readonly fault: FaultReporter
}

/** Makes the tracing of one Sightline. */
export function createTracing({ storage, printer, newId, fault }: TracingSetup): Tracing {
  /** Starts a span. `undefined`: no tracer would record it. */
  function start(name: string, { kind = 'internal', fields }: TraceOptions): Operation | undefined {
    const tracing = registeredTracing()
    if (tracing === undefined) return undefined
    const outer = storage.getStore()
    if (tracing.records?.(outer) === false) return undefined
    // A foreign SDK does not know Sightline's jobs, so it gets the trace of the job's message as the parent.
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

  /** An SDK that throws must not stop the traced function. */
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
    const [options, fn] = typeof first === 'function' ? [{}, first] : [first, second as (span: Span) => R]
    const operation = startSafely(name, options)
    return operation ? finished(operation, () => fn(operation.span)) : fn(UNRECORDED)
  }

  return {
    trace,
    traced:
      (name, options = {}) =>
      (method) => {
        // A generator function returns before its body runs. The annotation prevents TypeScript from narrowing the type
        // of `method`.
        const isGenerator: boolean = types.isGeneratorFunction(method)
        return function tracedMethod(this, ...args) {
          return isGenerator
            ? tracedIteration(method.apply(this, args), () => startSafely(name, options))
            : trace(name, options, () => method.apply(this, args))
        }
      },
  }
}

/** The scope of an operation: the ids of its span, and otherwise the data of the surrounding request or job. */
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
  // An operation outside of any request or job counts as a job.
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

/** Whether no span has the span id of a scope. Its spans are children of the sender's span, or roots of the trace. */
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
      if (!iterates) operation.end()
    },
    (error) => operation.fail(error),
  )
  return iterates ? tracedIteration(result, () => operation) : result
}

/** The API's context of a job: its parent is the sender of the message. */
function senderContext(trace: TraceContext): Context {
  const outside = traceApi.deleteSpan(contextApi.active())
  return trace.parentId === undefined
    ? outside
    : traceApi.setSpanContext(outside, spanContextOf(trace, trace.parentId, true))
}
