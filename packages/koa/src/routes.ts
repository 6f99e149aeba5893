import { METHODS } from 'node:http'

import type { KnownRoute } from '@sightline/core'
import { routedPath } from '@sightline/core/adapter'
import type Application from 'koa'
import type { Context } from 'koa'

import { Mounts, type Place, restOf, type Router } from './mounts.ts'

/** The properties that @koa/router and koa-mount set on a context. */
interface RoutedContext {
  readonly _matchedRoute?: string | RegExp
  readonly router?: Router
  /** Path of the last entered mount. It stays after the mount has called `next`. */
  readonly mountPath?: string
}

/** The routes of an application's routers, with their mount prefixes. */
export class RouteTable {
  readonly #mounts: Mounts

  constructor(app: Application) {
    this.#mounts = new Mounts(app)
  }

  /** All present routes, by method. */
  known(): KnownRoute[] {
    return this.#mounts
      .places()
      .flatMap(({ prefix, router }) =>
        (router?.stack ?? []).flatMap(({ methods, path }) =>
          METHODS.every((method) => methods.includes(method))
            ? { method: '*', route: prefix + String(path) }
            : methods
                .filter((method) => method !== 'HEAD')
                .map((method) => ({ method, route: prefix + String(path) })),
        ),
      )
  }

  /**
   * The pattern of the route that answered, or of the route that would have answered if an earlier middleware
   * had not failed. For an answer from a mount without a route, the mount's path with `/*`.
   */
  routeOf(ctx: Context): string | undefined {
    const { _matchedRoute: matched, mountPath } = ctx as RoutedContext
    if (matched === undefined) return this.#unroutedOf(ctx)
    return mountPath === undefined ? String(matched) : this.#mountedOf(ctx, matched, mountPath)
  }

  #mountedOf(ctx: Context, matched: string | RegExp, mountPath: string): string {
    const its = this.#mounts.placesOf((ctx as RoutedContext).router)
    const place = onPaths(
      ctx,
      // The last entered router may not be the matching one.
      (path) => placeOn(its, path, matched) ?? placeOn(this.#mounts.places(), path, matched),
    )
    if (place) return place.prefix + String(matched)
    // The router was called by a function that cannot be inspected.
    const mounted = mountPath + String(matched)
    return ctx.originalUrl.startsWith(literalStart(mounted)) ? mounted : String(matched)
  }

  #unroutedOf(ctx: Context): string | undefined {
    const { status, respond } = ctx
    if (status >= 400) {
      const missed = this.#missedOf(ctx)
      if (missed !== undefined) return missed
    }
    // Koa's initial status is 404: no middleware has answered.
    if (status === 404 && respond !== false) return undefined
    const { mountPath } = ctx as RoutedContext
    return mountPath !== undefined || status >= 400 ? this.#mountOf(ctx, mountPath) : undefined
  }

  #missedOf(ctx: Context): string | undefined {
    const method = ctx.method === 'HEAD' ? 'GET' : ctx.method
    return onPaths(ctx, (path) => {
      for (const { prefix, router } of this.#mounts.places()) {
        const rest = router && restOf(path, prefix)
        if (rest === undefined) continue
        const route = router?.match(rest, method).pathAndMethod.findLast(({ methods }) => methods.length > 0)
        if (route) return prefix + String(route.path)
      }
      return undefined
    })
  }

  /**
   * The innermost mount that the request was in. A request that failed before any mount gets a mount without
   * routers.
   */
  #mountOf(ctx: Context, mountPath: string | undefined): string | undefined {
    const places = this.#mounts.places()
    const hasRouter = (mount: string) =>
      places.some(({ prefix, router }) => router && prefix.startsWith(mount))
    return onPaths(ctx, (path) => {
      let innermost = mountPath !== undefined && restOf(path, mountPath) !== undefined ? mountPath : ''
      for (const { prefix, router } of places) {
        if (router || prefix.length <= innermost.length || restOf(path, prefix) === undefined) continue
        if (mountPath !== undefined || !hasRouter(prefix)) innermost = prefix
      }
      return innermost === '' ? undefined : `${innermost}${innermost.endsWith('/') ? '' : '/'}*`
    })
  }
}

/** Tries the original path, then the path as rewritten by a middleware. */
function onPaths<T>(ctx: Context, look: (path: string) => T | undefined): T | undefined {
  const asked = routedPath(ctx.originalUrl)
  const found = look(asked)
  if (found !== undefined) return found
  const { path } = ctx
  return path === asked ? undefined : look(path)
}

/** The first place whose router has this pattern and matches the path. */
function placeOn(places: readonly Place[], path: string, pattern: string | RegExp): Place | undefined {
  return places.find(({ prefix, router }) => {
    const rest = router && restOf(path, prefix)
    return rest !== undefined && router?.stack.some((layer) => layer.path === pattern && layer.match(rest))
  })
}

/** The text of a pattern before its first parameter. */
function literalStart(pattern: string): string {
  const end = pattern.search(/[:*({]/)
  return end < 0 ? pattern : pattern.slice(0, end)
}
