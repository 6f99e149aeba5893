import { EventEmitter } from 'node:events'

import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'
import { type Frame, frames } from '@sightline/core/telemetry'

import { bindEmitter } from './emitter.ts'
import { ScopeContext, type SpanFinder } from './scope-context.ts'

/**
 * Keeps OpenTelemetry's context in the storage that all Sightlines share. One storage makes each `await`
 * cheaper than two. A callback bound to a context also finds its request.
 */
export class SightlineContextManager implements ContextManager {
  readonly #frames = frames()
  readonly #spanOf: SpanFinder

  /** @param spanOf makes the span of a scope on demand */
  constructor(spanOf: SpanFinder) {
    this.#spanOf = spanOf
  }

  active(): Context {
    const frame = this.#frames.getStore()
    if (frame === undefined) return ROOT_CONTEXT
    if (frame.context === undefined) {
      const { base, scope } = frame
      // A job within a request is also within the span that somebody has opened around it.
      const keepsSpan =
        scope?.kind === 'job' && scope.parent !== undefined && base instanceof ScopeContext && base.hasOwnSpan
      frame.context = new ScopeContext(
        scopesOnly(frame),
        ScopeContext.valuesOf(base),
        keepsSpan,
        this.#spanOf,
      )
    }
    return frame.context
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const scopes = context instanceof ScopeContext ? context.frame : this.#frames.getStore()
    const frame: Frame = {
      owner: scopes?.owner,
      scope: scopes?.scope,
      outer: scopes?.outer,
      base: undefined,
      context,
    }
    return this.#frames.run(frame, () => fn.apply(thisArg as ThisParameterType<F>, args))
  }

  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter)
      return bindEmitter(target, (listener) => this.#bound(context, listener))
    return typeof target === 'function' ? (this.#bound(context, target as never) as T) : target
  }

  enable(): this {
    return this
  }

  disable(): this {
    return this
  }

  #bound(context: Context, fn: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
    const run = (self: unknown, args: unknown[]) => this.with(context, fn, self, ...args)
    function bound(this: unknown, ...args: unknown[]): unknown {
      return run(this, args)
    }
    // Express recognizes error handlers by the number of their parameters.
    return Object.defineProperty(bound, 'length', { value: fn.length, configurable: true })
  }
}

/**
 * Copies a frame without its contexts. A context that referred to its predecessor would keep the whole chain
 * in memory.
 */
function scopesOnly(frame: Frame): Frame {
  const { owner, scope, outer } = frame
  return { owner, scope, outer: outer && scopesOnly(outer), base: undefined, context: undefined }
}
