import { AsyncLocalStorage } from 'node:async_hooks'

import type { Context as ApiContext } from '@opentelemetry/api'

import type { Fields, TraceContext } from '../seam.ts'
import type { Baggage } from './baggage.ts'

/** The current request, job or traced operation: the ids and fields of its log lines. */
export interface Scope {
  readonly id: string
  readonly trace: TraceContext
  readonly fields: Fields
  /** The path of the request, without its query. `undefined`: a job outside of any request. */
  readonly path: string | undefined
}

/** A request whose code is running. */
export interface RequestScope extends Scope {
  readonly kind: 'request'
  readonly parent?: undefined
  /** The members that are passed to other services. */
  baggage: Baggage | undefined
  /** The slot of tracing. Only the registered tracing reads and writes it. */
  traced: unknown
  /** The slot of the log. Only the log reads and writes it. */
  logged: unknown
  /** The matched pattern, if routing has taken place by now. */
  routeSoFar(): string | undefined
  /** Adds fields to the request, also after its end. */
  set(fields: Fields): void
}

/** A job whose code is running. */
export interface JobScope extends Scope {
  readonly kind: 'job'
  /**
   * The scope whose span is the current one within the job: the surrounding request or operation, or the outermost job.
   * `undefined`: this job is the outermost one. No span has its span id then.
   */
  readonly parent: RunningScope | undefined
  /** The members that are passed to other services. */
  baggage: Baggage | undefined
}

/** A traced operation whose code is running. */
export interface OperationScope extends Scope {
  readonly kind: 'operation'
  /**
   * The request or job of this operation. Not the surrounding operation: an operation that starts its successor would
   * keep all its predecessors in memory.
   */
  readonly parent: RequestScope | JobScope
  /** The span of the operation. */
  readonly traced: unknown
}

/** A scope whose code is running. */
export type RunningScope = RequestScope | JobScope | OperationScope

/** The request or job of a scope. It owns the baggage and the fields. */
export function wholeOf(scope: RunningScope): RequestScope | JobScope {
  return scope.kind === 'operation' ? scope.parent : scope
}

/** The scope whose span is the current one within a scope. */
export function spanScopeOf(scope: RunningScope): RunningScope {
  return (scope.kind === 'job' && scope.parent) || scope
}

/** The request around a scope, through operations and jobs. `undefined`: none. */
export function requestOf(scope: RunningScope): RequestScope | undefined {
  let next: RunningScope | undefined = scope
  while (next !== undefined && next.kind !== 'request') next = next.parent
  return next
}

/**
 * The current scopes of all Sightlines and of OpenTelemetry's API. They share one storage, because each storage makes
 * every `await` in the process slower: a handler with ten awaits takes 0.5 µs without any on Node 22, 1.3 µs with one
 * and 2.8 µs with three.
 */
export interface Frame {
  /** The storage of the scope's Sightline. `undefined`: the frame has a context of the API only. */
  readonly owner: object | undefined
  readonly scope: RunningScope | undefined
  /** The current scopes of other Sightlines: at most one of each, so nested jobs do not accumulate. */
  readonly outer: Frame | undefined
  /** The API's context around this frame, if any. */
  readonly base: ApiContext | undefined
  /** The API's context within this frame. Set at its first use. */
  context: ApiContext | undefined
}

const FRAMES = Symbol.for('sightline.frames.1')

/** The storage of the process, shared by all copies of this module. */
export function frames(): AsyncLocalStorage<Frame> {
  const shared = globalThis as { [FRAMES]?: AsyncLocalStorage<Frame> }
  return (shared[FRAMES] ??= new AsyncLocalStorage<Frame>())
}

/** The scopes of one Sightline. Two Sightlines in one process are independent of each other. */
export class ScopeStorage {
  readonly #frames = frames()

  /** The current scope of this Sightline. */
  getStore(): RunningScope | undefined {
    let frame = this.#frames.getStore()
    while (frame !== undefined && frame.owner !== this) frame = frame.outer
    return frame?.scope
  }

  run<T>(scope: RunningScope, fn: () => T): T {
    const before = this.#frames.getStore()
    const frame: Frame = {
      owner: this,
      scope,
      outer: before && withoutScopeOf(this, before),
      base: before && (before.context ?? before.base),
      context: undefined,
    }
    return this.#frames.run(frame, fn)
  }
}

/** The frame without this owner's scope, so that a job that starts its successor does not keep its predecessors. */
function withoutScopeOf(owner: object, frame: Frame): Frame | undefined {
  if (frame.owner === owner || frame.owner === undefined) return frame.outer
  const outer = frame.outer && withoutScopeOf(owner, frame.outer)
  return outer === frame.outer ? frame : { ...frame, outer }
}
