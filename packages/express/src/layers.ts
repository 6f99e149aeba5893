import { variablesOf } from '@sightline/core/adapter'
import type { Application } from 'express'

import { isApplication, stackOf } from './applications.ts'
import type { Layer } from './layer.ts'

/** How a layer takes a path: what it was registered with, what it takes away, and what it leaves to those below. */
export interface Match {
  readonly pattern: string
  readonly taken: string
  readonly rest: string
}

/** How many applications that a function calls itself are remembered of one layer. */
const MAX_CALLED = 16

/** What a layer was registered with. */
export function patternsOf({ rawPath }: Layer): string[] {
  return rawPath === undefined ? [] : [rawPath].flat().map(String)
}

/** How a layer takes a path, by its own matcher. `undefined`: it does not. */
export function matchOf(layer: Layer, path: string): Match | undefined {
  if (layer.rawPath === undefined) return undefined
  try {
    const match = layer.match(path)
    if (!match) return undefined
    const pattern = String(match.pattern)
    const next = path[match.path.length]
    // The router enters what is mounted only where a segment ends.
    if (
      !layer.route &&
      (!path.startsWith(match.path) || (match.path !== '' && next !== undefined && next !== '/'))
    )
      return undefined
    const rest = path.slice(match.path.length)
    return {
      pattern,
      taken: match.path.endsWith('/') ? match.path.slice(0, -1) : match.path,
      rest: rest.startsWith('/') ? rest : `/${rest}`,
    }
  } catch {
    // A target that cannot be decoded matches nothing.
    return undefined
  }
}

/** What is behind the layers of an application that are no routes. */
export class Mounts {
  /** `null`: a middleware, or not to be known. */
  readonly #apps = new WeakMap<Layer, Application | null>()
  readonly #called = new WeakMap<Layer, Set<Application>>()

  /** The layers behind a layer. `undefined`: none are known, it is a function. */
  behind(layer: Layer): readonly Layer[] | undefined {
    const { stack } = layer.handle
    if (stack) return stack
    const app = this.#appOf(layer)
    if (app) return stackOf(app)
    const called = this.#called.get(layer)
    return called && [...called].flatMap(stackOf)
  }

  /** Whether a layer has a function of which nothing tells what it leads to. */
  isFunction(layer: Layer): boolean {
    return !layer.route && !layer.handle.stack && this.#appOf(layer) === null
  }

  /** Remembers an application that the function of a layer has called. */
  addCalled(layer: Layer, app: Application): void {
    const called = this.#called.get(layer) ?? new Set()
    if (called.size < MAX_CALLED) this.#called.set(layer, called.add(app))
  }

  #appOf(layer: Layer): Application | null {
    let app = this.#apps.get(layer)
    if (app === undefined) {
      app = mountedApp(layer)
      this.#apps.set(layer, app)
    }
    return app
  }
}

function mountedApp({ name, handle }: Layer): Application | null {
  // `router.use(path, app)` has it as it is; `app.use(path, app)` hides it in a function of Express'.
  if (isApplication(handle)) return handle
  if (name !== 'mounted_app') return null
  const { fn } = variablesOf(handle.__original ?? handle)
  return isApplication(fn) ? fn : null
}
