import type { EventEmitter } from 'node:events'

type Listener = (...args: unknown[]) => unknown

const ADDING = ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'] as const
const REMOVING = ['removeListener', 'off'] as const

const BOUND = Symbol('sightline.bound')

/**
 * Binds each listener that is added to an emitter to a context. OpenTelemetry's instrumentations ask for
 * this. Sightline itself does not use it, since it makes each listener of a request slower.
 */
export function bindEmitter<E extends EventEmitter>(emitter: E, bind: (listener: Listener) => Listener): E {
  if (BOUND in emitter) return emitter
  // Overrides methods on this one emitter. The cast ignores their overloads.
  const methods = emitter as unknown as Record<string, (event: string | symbol, listener: Listener) => E>
  const wrappers = new WeakMap<Listener, Listener>()
  let isAdding = false
  Object.defineProperty(emitter, BOUND, { value: true })
  for (const name of ADDING) {
    const original = methods[name] as (event: string | symbol, listener: Listener) => E
    methods[name] = function add(this: E, event, listener) {
      // `once` calls `on` with its own wrapper: it must not be bound twice.
      if (isAdding || typeof listener !== 'function') return original.call(this, event, listener)
      let wrapper = wrappers.get(listener)
      if (wrapper === undefined) {
        wrapper = bind(listener)
        wrappers.set(listener, wrapper)
      }
      isAdding = true
      try {
        return original.call(this, event, wrapper)
      } finally {
        isAdding = false
      }
    }
  }
  for (const name of REMOVING) {
    const original = methods[name] as (event: string | symbol, listener: Listener) => E
    methods[name] = function remove(this: E, event, listener) {
      return original.call(this, event, wrappers.get(listener) ?? listener)
    }
  }
  return emitter
}
