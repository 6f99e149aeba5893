import { AsyncLocalStorage } from 'node:async_hooks'

import type { Printer } from './log/printer.ts'
import type { QuietLines } from './log/quiet-lines.ts'
import { isRequestId, REQUEST_ID_HEADER } from './request-id.ts'
import type { Fields } from './seam.ts'
import { childOf, continueTrace, startTrace, traceparentOf, type TraceContext } from './trace-context.ts'

/** What is current while a request or job runs: the ids and fields that its log lines carry. */
export interface Scope {
  readonly id: string
  readonly trace: TraceContext
  readonly fields: Fields
  /** The path of the request, without its query. `undefined`: a job that belongs to none. */
  readonly path: string | undefined
}

/** A scope while its code runs. */
export interface RunningScope extends Scope {
  /** The lines that are below the level, where its request keeps them. */
  readonly quiet: QuietLines | undefined
}

/** What a message or request brought along from the process that sent it: what {@link Context.extract} reads. */
export interface Carried {
  /** `undefined`: the sender sent none, or none that is acceptable. */
  readonly requestId: string | undefined
  /** `undefined`: the sender sent none, or none that is acceptable. */
  readonly trace: TraceContext | undefined
}

/** Headers of a message or request: any object of texts. */
export type MessageHeaders = Record<string, string | readonly string[] | undefined>

/** The request or job that the running code belongs to. */
export interface Context {
  /** The current request or job, or `undefined` outside of any. */
  current(): Scope | undefined
  /** The id of the current request or job, or `undefined` outside of any. */
  requestId(): string | undefined
  /** Adds fields to every later log line of the current request or job and to its access event. Does nothing outside of any. */
  set(fields: Fields): void
  /**
   * Runs `fn` as a job of its own, below the current request or job if there is one, or below the sender of a message
   * where `from` says what the message brought along. Log lines in it carry the ids and `fields`.
   *
   * @example
   * queue.process((message) => context.run({ job: 'send-mail' }, () => send(message), context.extract(message.headers)))
   */
  run<T>(fields: Fields, fn: () => T, from?: Carried): T
  /** Adds `x-request-id`, `traceparent` and `tracestate` of the current request or job to `headers`, and returns them. */
  inject<H extends Record<string, unknown>>(headers?: H): H & Record<string, string>
  /** Reads what {@link inject} wrote. What is missing or malformed is left out. */
  extract(headers: MessageHeaders): Carried
}

/** Where the scopes of one Sightline live. Its own storage, so that two in one process never see each other's requests. */
export type ScopeStorage = AsyncLocalStorage<RunningScope>

/** Makes the storage of one Sightline. */
export function scopeStorage(): ScopeStorage {
  return new AsyncLocalStorage<RunningScope>()
}

/**
 * Makes the context of one Sightline.
 *
 * @param newId makes the id of a job that belongs to no request
 */
export function createContext(storage: ScopeStorage, printer: Printer, newId: () => string): Context {
  return {
    current: () => storage.getStore(),
    requestId: () => storage.getStore()?.id,
    set(fields) {
      const scope = storage.getStore()
      if (scope) printer.addTo(scope.fields, fields)
    },
    run(fields, fn, from) {
      const outer = from ? undefined : storage.getStore()
      const trace = from?.trace ?? (outer ? childOf(outer.trace) : startTrace())
      const id = from?.requestId ?? outer?.id ?? newId()
      const scope = { id, trace, fields: { ...outer?.fields }, path: outer?.path, quiet: outer?.quiet }
      printer.addTo(scope.fields, fields)
      return storage.run(scope, fn)
    },
    inject(headers) {
      const carried: Record<string, unknown> = headers ?? {}
      const scope = storage.getStore()
      if (scope) {
        carried[REQUEST_ID_HEADER] = scope.id
        carried.traceparent = traceparentOf(scope.trace)
        if (scope.trace.state !== undefined) carried.tracestate = scope.trace.state
      }
      // The object is the caller's own, with texts added to it.
      return carried as never
    },
    extract(headers) {
      const id = headers[REQUEST_ID_HEADER]
      const trace = continueTrace(headers)
      return {
        requestId: isRequestId(id) ? id : undefined,
        trace: trace.parentId === undefined ? undefined : trace,
      }
    },
  }
}
