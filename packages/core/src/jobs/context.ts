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

/** What a message or request brought along from the process that sent it: what {@link Context.extract} reads. */
export interface Carried {
  /** `undefined`: the sender sent none, or none that is acceptable. */
  readonly requestId: string | undefined
  /** `undefined`: the sender sent none, or none that is acceptable. */
  readonly trace: TraceContext | undefined
  /** The members that the option `baggage` allows; `undefined`: there were none. */
  readonly baggage?: Baggage | undefined
}

/**
 * Headers of a message or request in any shape in which `fetch` and the clients of queues have them: an object, `Headers`, a
 * `Map`, `[name, value]` pairs, names and values in turn, or a list of records; with names in any letter case, and texts,
 * bytes, lists, or attributes such as `{ StringValue }` as values.
 */
export type MessageHeaders = object | null | undefined

/** The request or job that the running code belongs to. */
export interface Context {
  /** The current request or job, or `undefined` outside of any. */
  current(): Scope | undefined
  /** The id of the current request or job, or `undefined` outside of any. */
  requestId(): string | undefined
  /** Adds fields to every later log line of the current request or job and to its access event. Does nothing outside of any. */
  set(fields: Fields): void
  /**
   * Runs `fn` with fields of its own, within the current request or job if there is one, or below the sender of a message
   * where `from` says what the message brought along. Log lines in it carry the ids and `fields`. Nothing is observed:
   * `sightline.job()` does that.
   *
   * @example
   * context.run({ tenant: 'acme' }, () => log.info('imported'))
   */
  run<T>(fields: Fields, fn: () => T, from?: Carried): T
  /**
   * What travels with the current request or job from service to service: the members of W3C baggage that the option
   * `baggage` allows.
   */
  baggage(): Baggage
  /** Adds members to it. Those that the option `baggage` does not allow are left out. Does nothing outside of any. */
  carry(members: Baggage): void
  /**
   * Adds `x-request-id`, `traceparent`, `tracestate` and `baggage` of the current request or job to `headers`, and returns
   * them; in place of those that cannot be changed a copy. What is no carrier of headers is returned as it is, with one
   * warning. Never throws.
   */
  inject(headers?: null): Record<string, string>
  inject<H extends Record<string, unknown>>(headers: H): H & Record<string, string>
  inject<H extends MessageHeaders>(headers: H): H
  /** Reads what {@link inject} wrote. What is missing or malformed is left out. Never throws. */
  extract(headers: MessageHeaders): Carried
}

export interface ContextSetup {
  readonly storage: ScopeStorage
  readonly printer: Printer
  /** Makes the id of a job that belongs to no request. */
  readonly newId: () => string
  readonly baggage: BaggageRules
  /** Told that a job begins. */
  readonly atWork: () => void
  readonly fault: FaultReporter
}

/** Makes the context of one Sightline. */
export function createContext(setup: ContextSetup): Context {
  const { storage, printer, newId, baggage, atWork, fault } = setup

  function jobScope(outer: RunningScope | undefined, from: Carried | undefined): JobScope {
    const id = from?.requestId ?? outer?.id ?? newId()
    const fields = { ...outer?.fields }
    // A job within a request is a part of what the request's span shows: an id of its own would name a span that nobody sees.
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
      // One that is there already belongs to another trace.
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
      // What is returned is the caller's own, with texts added to it.
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
