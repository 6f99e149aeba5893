import { AsyncLocalStorage } from 'node:async_hooks'

import type { Context as ApiContext } from '@opentelemetry/api'

import type { QuietLines } from '../log/quiet-lines.ts'
import type { Fields, TraceContext } from '../seam.ts'
import type { Baggage } from './baggage.ts'

/** What is current while a request, job or traced operation runs: the ids and fields that its log lines carry. */
export interface Scope {
  readonly id: string
  readonly trace: TraceContext
  readonly fields: Fields
  /** The path of the request, without its query. `undefined`: a job that belongs to none. */
  readonly path: string | undefined
}

/** A scope while its code runs, as the parts of Sightline see it. */
export interface RunningScope extends Scope {
  /** The lines that are below the level, where its request keeps them. */
  readonly quiet: QuietLines | undefined
  /** What travels with it to other services. */
  baggage?: Baggage | undefined
  /** The request or job that a traced operation is a part of; absent: the scope is one itself. */
  readonly whole?: RunningScope
  /** The scope whose span is the current one here; absent: its own. */
  readonly spanOf?: RunningScope
  /** No span has this scope's span id: what is traced in it is below its parent, or begins its trace. */
  readonly unspanned?: true
  /** Adds fields where that is more than to add them to those of the scope. */
  set?(fields: Fields): void
  /** The pattern that the request has matched, as far as is known by now. */
  routeSoFar?(): string | undefined
  /** What tracing keeps with the scope. Belongs to whoever has put it there. */
  traced?: unknown
}

/**
 * What is current, for all Sightlines and for OpenTelemetry's API: one storage, because each one makes every `await` of
 * the process dearer (a handler of ten awaits on Node 22: 0.5 µs without any, 1.3 with one, 2.8 with three).
 */
export interface Frame {
  /** The storage to which the scope belongs; `undefined`: the frame is of the API alone. */
  readonly owner: object | undefined
  readonly scope: RunningScope | undefined
  /** The current scopes of other Sightlines. At most one of each, however deep jobs start jobs. */
  readonly outer: Frame | undefined
  /** The API's context that the frame was made in, where there was one. */
  readonly base: ApiContext | undefined
  /** The API's context within the frame, once somebody has asked for it or set it. */
  context: ApiContext | undefined
}

const FRAMES = Symbol.for('sightline.frames.1')

/** The storage of the process, shared by all copies of this module. */
export function frames(): AsyncLocalStorage<Frame> {
  const shared = globalThis as { [FRAMES]?: AsyncLocalStorage<Frame> }
  return (shared[FRAMES] ??= new AsyncLocalStorage<Frame>())
}

/** The scopes of one Sightline. Two in one process never see each other's. */
export class ScopeStorage {
  readonly #frames = frames()

  /** The current scope of this Sightline. */
  getStore(): RunningScope | undefined {
    let frame = this.#frames.getStore()
    while (frame !== undefined && frame.owner !== this) frame = frame.outer
    return frame?.scope
  }

  /** Runs `fn` with `scope` as the current one. */
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

/** What remains current of others. Without this a job that starts its successor would keep all its predecessors. */
function withoutScopeOf(owner: object, frame: Frame): Frame | undefined {
  if (frame.owner === owner || frame.owner === undefined) return frame.outer
  const outer = frame.outer && withoutScopeOf(owner, frame.outer)
  return outer === frame.outer ? frame : { ...frame, outer }
}
