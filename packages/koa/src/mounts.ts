import { variablesOf } from '@sightline/core/adapter'
import type Application from 'koa'

/** The properties of @koa/router that are read. None is changed. */
export interface Router {
  readonly stack: readonly Layer[]
  match(path: string, method: string): { readonly pathAndMethod: readonly Layer[] }
}

interface Layer {
  readonly path: string | RegExp
  /** Empty for a middleware layer. */
  readonly methods: readonly string[]
  readonly stack: readonly Middleware[]
  match(path: string): boolean
}

type Middleware = ((...args: never[]) => unknown) & { readonly router?: Router }

/** A router or mount, with the path prefix of the enclosing mounts. */
export interface Place {
  readonly prefix: string
  /** Absent for a mount. */
  readonly router?: Router
}

/** Middlewares called by a wrapper that does nothing else. */
interface Held {
  readonly prefix: string
  readonly middlewares: readonly Middleware[]
}

/** Maximum nesting of mounts. It also ends a mount within itself. */
const MAX_DEPTH = 16

/**
 * The mounts and routers of an application, in the order in which requests reach them. koa-mount and
 * koa-compose hide the functions that they call, which must be known before the first request.
 */
export class Mounts {
  /** `null` for any other function. */
  readonly #held = new WeakMap<Middleware, Held | null>()
  readonly #app: Application
  #places: readonly Place[] = []
  readonly #placesOfRouters = new Map<Router, Place[]>()
  #read = -1

  constructor(app: Application) {
    this.#app = app
  }

  /** All places, read again when a middleware was added. */
  places(): readonly Place[] {
    const { middleware } = this.#app
    if (this.#read !== middleware.length) {
      this.#read = middleware.length
      this.#places = [...this.#placesIn(middleware, '', 0)]
      this.#placesOfRouters.clear()
      for (const place of this.#places) {
        if (!place.router) continue
        const others = this.#placesOfRouters.get(place.router)
        if (others) others.push(place)
        else this.#placesOfRouters.set(place.router, [place])
      }
    }
    return this.#places
  }

  placesOf(router: Router | undefined): readonly Place[] {
    this.places()
    return (router && this.#placesOfRouters.get(router)) ?? []
  }

  *#placesIn(middlewares: readonly Middleware[], prefix: string, depth: number): Iterable<Place> {
    if (depth > MAX_DEPTH) return
    for (const middleware of middlewares) {
      const { router } = middleware
      if (router) {
        yield { prefix, router }
        for (const { stack } of router.stack) yield* this.#placesIn(stack, prefix, depth + 1)
        continue
      }
      const held = this.#heldBy(middleware)
      if (held === null) continue
      const whole = prefix + held.prefix
      if (held.prefix !== '') yield { prefix: whole }
      yield* this.#placesIn(held.middlewares, whole, depth + 1)
    }
  }

  #heldBy(middleware: Middleware): Held | null {
    let held = this.#held.get(middleware)
    if (held === undefined) {
      held = readHeld(middleware)
      this.#held.set(middleware, held)
    }
    return held
  }
}

/** Reads only functions with the source text of koa-mount and koa-compose. */
function readHeld(middleware: Middleware): Held | null {
  const text = Function.prototype.toString.call(middleware)
  if (text.includes('ctx.mountPath = prefix')) {
    const { prefix, downstream } = variablesOf(middleware)
    return typeof prefix === 'string' ? { prefix, middlewares: functionsIn([downstream]) } : null
  }
  if (!text.includes('return dispatch(0)')) return null
  const { middleware: composed } = variablesOf(middleware)
  return { prefix: '', middlewares: functionsIn(composed) }
}

function functionsIn(values: unknown): Middleware[] {
  return Array.isArray(values) ? values.filter((value) => typeof value === 'function') : []
}

/** The rest of a path below a mount prefix, by koa-mount's rule. `undefined` if the path is not below it. */
export function restOf(path: string, prefix: string): string | undefined {
  if (prefix === '') return path
  if (!path.startsWith(prefix)) return undefined
  const rest = path.slice(prefix.length)
  return rest === '' ? '/' : rest.startsWith('/') || prefix.endsWith('/') ? rest : undefined
}
