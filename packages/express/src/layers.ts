import { variablesOf } from '@sightline/core/adapter'
import type { Application } from 'express'

import { isApplication, stackOf } from './applications.ts'
import type { Layer } from './layer.ts'

/** The match of a layer: its registered pattern, the path that it consumes, and the rest for inner layers. */
export interface Match {
  readonly pattern: string
  readonly taken: string
  readonly rest: string
}

/** Maximum number of applications remembered per layer whose function calls them itself. */
const MAX_CALLED = 16

/** The registered patterns of a layer. */
export function patternsOf({ rawPath }: Layer): string[] {
  return rawPath === undefined ? [] : [rawPath].flat().map(String)
}

/** The match of a layer for a path, by its own matcher. `undefined` without a match. */
export function matchOf(layer: Layer, path: string): Match | undefined {
  if (layer.rawPath === undefined) return undefined
  try {
    const match = layer.match(path)
    if (!match) return undefined
    const pattern = String(match.pattern)
    const next = path[match.path.length]
    // The router enters a mount only at the end of a segment.
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
    // A path that cannot be decoded matches nothing.
    return undefined
  }
}

/** The inner layers of an application's mounts. */
export class Mounts {
  /** `null` for a middleware, or if unknown. */
  readonly #apps = new WeakMap<Layer, Application | null>()
  readonly #called = new WeakMap<Layer, Set<Application>>()

  /** The inner layers of a layer. `undefined` for a function. */
  behind(layer: Layer): readonly Layer[] | undefined {
    const { stack } = layer.handle
    if (stack) return stack
    const app = this.#appOf(layer)
    if (app) return stackOf(app)
    const called = this.#called.get(layer)
    return called && [...called].flatMap(stackOf)
  }

  /** Whether the layer has a function whose inner layers are unknown. */
  isFunction(layer: Layer): boolean {
    return !layer.route && !layer.handle.stack && this.#appOf(layer) === null
  }

  /** Remembers an application called by a layer's function. */
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
  // `router.use(path, app)` keeps the application itself; `app.use(path, app)` wraps it in a function of
  // Express.
  if (isApplication(handle)) return handle
  if (name !== 'mounted_app') return null
  const { fn } = variablesOf(handle.__original ?? handle)
  return isApplication(fn) ? fn : null
}
