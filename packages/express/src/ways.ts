import { routedPath } from '@sightline/core/adapter'
import type { Application, Request } from 'express'

import { stackOf } from './applications.ts'
import type { Layer, Route } from './layer.ts'
import { matchOf, type Mounts } from './layers.ts'

/** Maximum nesting of routers. It also ends a router mounted within itself. */
export const MAX_DEPTH = 16

/** The wanted layer. `base` is the path consumed by mounts, the `req.baseUrl` inside them. */
export interface Wanted {
  route?(route: Route, base: string): boolean
  /** @param rest the part of the path after the layer */
  mount?(layer: Layer, base: string, rest: string): boolean
}

/** The ways of requests through an application's layers, found with the router's own matchers. */
export class Ways {
  readonly #app: Application
  readonly #mounts: Mounts

  constructor(app: Application, mounts: Mounts) {
    this.#app = app
    this.#mounts = mounts
  }

  /** The full pattern of the first wanted layer on a request's way. */
  find(req: Request, wanted: Wanted): string | undefined {
    const stack = stackOf(this.#app)
    const asked = routedPath(req.originalUrl)
    const found = this.search(stack, asked, wanted)
    if (found !== undefined) return found
    // A middleware may have rewritten the path.
    const routed = baseOf(req) + routedPath(req.url)
    return routed === asked ? undefined : this.search(stack, routed, wanted)
  }

  /** Searches a stack and its inner layers for a layer that matches the path. */
  search(stack: readonly Layer[], path: string, wanted: Wanted, base = '', depth = 0): string | undefined {
    if (depth > MAX_DEPTH) return undefined
    for (const layer of stack) {
      const { route } = layer
      const inner = route ? undefined : this.#mounts.behind(layer)
      // Matching is the expensive step.
      if (route ? wanted.route?.(route, base) !== true : !inner && !wanted.mount) continue
      const match = matchOf(layer, path)
      if (!match) continue
      if (route) return match.pattern
      const inside = base + match.taken
      if (wanted.mount?.(layer, inside, match.rest)) return match.pattern
      const found = inner && this.search(inner, match.rest, wanted, inside, depth + 1)
      if (found !== undefined) return join(match.pattern, found)
    }
    return undefined
  }
}

/** The path consumed by mounts so far. Empty once Express has given the request up. */
export function baseOf(req: Request): string {
  const { baseUrl } = req as { readonly baseUrl?: string }
  return baseUrl ?? ''
}

export function join(prefix: string, pattern: string): string {
  const base = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
  return pattern === '/' || pattern === '' ? base || '/' : base + pattern
}
