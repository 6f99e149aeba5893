import { routedPath } from '@sightline/core/adapter'
import type { Application, Request } from 'express'

import { stackOf } from './applications.ts'
import type { Layer, Route } from './layer.ts'
import { matchOf, type Mounts } from './layers.ts'

/** Deeper than this nobody nests routers; a router mounted below itself would have no end. */
export const MAX_DEPTH = 16

/** What is looked for on the way of a request. `base` is what the mounts take of its path, as `req.baseUrl` has it inside. */
export interface Wanted {
  route?(route: Route, base: string): boolean
  /** @param rest what the layer leaves of the path */
  mount?(layer: Layer, base: string, rest: string): boolean
}

/** The ways of requests through the layers of an application: those that the router goes, by its own matchers. */
export class Ways {
  readonly #app: Application
  readonly #mounts: Mounts

  constructor(app: Application, mounts: Mounts) {
    this.#app = app
    this.#mounts = mounts
  }

  /** The whole pattern of the first layer wanted on the way of a request. */
  find(req: Request, wanted: Wanted): string | undefined {
    const stack = stackOf(this.#app)
    const asked = routedPath(req.originalUrl)
    const found = this.search(stack, asked, wanted)
    if (found !== undefined) return found
    // A middleware may have rewritten it.
    const routed = baseOf(req) + routedPath(req.url)
    return routed === asked ? undefined : this.search(stack, routed, wanted)
  }

  /** Looks for a layer in a stack and in what is behind it, where they take this path. */
  search(stack: readonly Layer[], path: string, wanted: Wanted, base = '', depth = 0): string | undefined {
    if (depth > MAX_DEPTH) return undefined
    for (const layer of stack) {
      const { route } = layer
      const inner = route ? undefined : this.#mounts.behind(layer)
      // To match is what costs.
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

/** What mounts have taken of a path by now. Express has none once it has given a request up. */
export function baseOf(req: Request): string {
  const { baseUrl } = req as { readonly baseUrl?: string }
  return baseUrl ?? ''
}

export function join(prefix: string, pattern: string): string {
  const base = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
  return pattern === '/' || pattern === '' ? base || '/' : base + pattern
}
