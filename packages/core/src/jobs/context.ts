import { type Baggage, BAGGAGE_HEADER, type BaggageRules } from '../context/baggage.ts'
import { readHeaders, writeHeaders } from '../context/carriers.ts'
import { isRequestId } from '../context/request-id.ts'
import {
  type JobScope,
  type RunningScope,
  type Scope,
  type ScopeStorage,
  spanScopeOf,
  wholeOf,
} from '../context/scopes.ts'
import { continueTrace, startTrace, traceparentOf } from '../context/trace-context.ts'
import type { Printer } from '../printing/printer.ts'
import { type FaultReporter, type Fields, REQUEST_ID_HEADER, type TraceContext } from '../seam.ts'
import { registeredTracing } from '../tracing/registered.ts'

/** The propagated data of a received message or request, as {@link Context.extract} reads it. */
export interface Carried {
  /** `undefined`: the message has none, or an invalid one. */
  readonly requestId: string | undefined
  /** `undefined`: the message has none, or an invalid one. */
  readonly trace: TraceContext | undefined
  /** The members that the option `baggage` allows. `undefined`: none. */
  readonly baggage?: Baggage | undefined
}

/**
 * Headers of a message or request, in any format of `fetch` and of queue clients: an object, `Headers`, a `Map`,
 * `[name, value]` pairs, a flat list of names and values, or a list of records. Names may have any letter case. Values
 * may be texts, bytes, lists, or attributes such as `{ StringValue }`.
 */
export type MessageHeaders = object | null | undefined

/** The request or job of the running code. */
export interface Context {
  /** The current request or job. `undefined` outside of any. */
  current(): Scope | undefined
  /** The id of the current request or job. `undefined` outside of any. */
  requestId(): string | undefined
  /**
   * Adds fields to the current request or job: to its later log lines and its access event. Does nothing outside of
   * any.
   */
  set(fields: Fields): void
  /**
   * Runs `fn` with additional fields. It runs within the current request or job, or, with `from`, as a continuation of
   * a received message. Log lines within `fn` carry the ids and `fields`. No event, metric or span is written: for
   * those use `sightline.job()`.
   *
   * @example
   * context.run({ tenant: 'acme' }, () => log.info('imported'))
   */
  run<T>(fields: Fields, fn: () => T, from?: Carried): T
  /**
   * The data that the current request or job passes to other services: the members of W3C baggage that the option
   * `baggage` allows.
   */
  baggage(): Baggage
  /**
   * Adds members to the baggage. Ignores members that the option `baggage` does not allow. Does nothing outside of any
   * request or job.
   */
  carry(members: Baggage): void
  /**
   * Adds `x-request-id`, `traceparent`, `tracestate` and `baggage` of the current request or job to `headers`, and
   * returns them. Read-only headers are copied. A value that cannot carry headers is returned unchanged, with one
   * warning. Never throws.
   */
  inject(headers?: null): Record<string, string>
  inject<H extends Record<string, unknown>>(headers: H): H & Record<string, string>
  inject<H extends MessageHeaders>(headers: H): H
  /** Reads the headers that {@link inject} writes. Ignores missing and malformed ones. Never throws. */
  extract(headers: MessageHeaders): Carried
}

export interface ContextSetup {
  readonly storage: ScopeStorage
  readonly printer: Printer
  /** Makes the id of a job outside of any request. */
  readonly newId: () => string
  readonly baggage: BaggageRules
  /** Called when a job begins. */
  readonly atWork: () => void
  readonly fault: FaultReporter
}

/** Makes the context of one Sightline. */
export function createContext(setup: ContextSetup): Context {
  const { storage, printer, newId, baggage, atWork, fault } = setup

  function jobScope(outer: RunningScope | undefined, from: Carried | undefined): JobScope {
    const id = from?.requestId ?? outer?.id ?? newId()
    const fields = { ...outer?.fields }
    // A job within a request keeps the span id of the current span. A new span id would name a span that does not
    // exist.
    if (outer) {
      const { trace, path } = outer
      const { baggage: members } = wholeOf(outer)
      return { kind: 'job', parent: spanScopeOf(outer), id, trace, fields, path, baggage: members }
    }
    const trace = from?.trace ?? startTrace()
    const sampled = registeredTracing()?.sample?.(trace, undefined) ?? trace.sampled
    return {
      kind: 'job',
      parent: undefined,
      id,
      trace: { ...trace, sampled },
      fields,
      path: undefined,
      baggage: from?.baggage,
    }
  }

  function whole() {
    const scope = storage.getStore()
    return scope && wholeOf(scope)
  }

  function written(scope: RunningScope, carrier: object): unknown {
    const { id, trace } = scope
    const members = baggage.write(wholeOf(scope).baggage)
    const headers: Record<string, string | undefined> = {
      [REQUEST_ID_HEADER]: id,
      traceparent: traceparentOf(trace),
      // An existing `tracestate` belongs to another trace, so `undefined` removes it.
      tracestate: trace.state,
    }
    if (members !== undefined) headers[BAGGAGE_HEADER] = members
    try {
      return writeHeaders(carrier, headers)
    } catch (error) {
      fault('context.inject', error)
      return carrier
    }
  }

  return {
    current: () => storage.getStore(),
    requestId: () => storage.getStore()?.id,
    set(fields) {
      const scope = whole()
      if (scope?.kind === 'request') scope.set(fields)
      else if (scope) printer.addTo(scope.fields, fields)
    },
    run(fields, fn, from) {
      atWork()
      const scope = jobScope(from ? undefined : storage.getStore(), from)
      printer.addTo(scope.fields, fields)
      return storage.run(scope, fn)
    },
    baggage: () => whole()?.baggage ?? {},
    carry(members) {
      const scope = whole()
      if (scope) scope.baggage = baggage.merge(scope.baggage, members)
    },
    inject(headers?: MessageHeaders) {
      const carrier = headers ?? {}
      const scope = storage.getStore()
      // The result is the caller's own object with added texts.
      return (scope ? written(scope, carrier) : carrier) as never
    },
    extract(headers) {
      const found = readHeaders(headers, (error) => fault('context.extract', error))
      const id = found[REQUEST_ID_HEADER]
      const trace = continueTrace(found)
      return {
        requestId: isRequestId(id) ? id : undefined,
        trace: trace.parentId === undefined ? undefined : trace,
        baggage: baggage.read(found[BAGGAGE_HEADER]),
      }
    },
  }
}
