import type { KnownRoute } from '@sightline/core'
import type Application from 'koa'
import type { Context } from 'koa'

/** What is read of @koa/router: nothing of it is changed. */
interface Router {
  readonly stack: readonly Layer[]
  match(path: string, method: string): { readonly pathAndMethod: readonly Layer[] }
}

interface Layer {
  readonly path: string | RegExp
  /** Empty where the layer is a middleware. */
  readonly methods: readonly string[]
}

/** What @koa/router and koa-mount leave on a context. */
interface RoutedContext {
  readonly _matchedRoute?: string | RegExp
  readonly mountPath?: string
}

/** All routes of the routers that the application uses, by method. */
export function knownRoutes(app: Application): KnownRoute[] {
  return routersOf(app).flatMap(({ stack }) =>
    stack.flatMap(({ methods, path }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => ({ method, route: String(path) })),
    ),
  )
}

/** The pattern of the route that answered, or would have, had nothing failed before the router. */
export function routeOf(ctx: Context): string | undefined {
  const { _matchedRoute: matched, mountPath = '' } = ctx as RoutedContext
  if (matched !== undefined) {
    const mounted = (mountPath === '/' ? '' : mountPath) + String(matched)
    // koa-mount forgets to take its path back when it was not the one that answered.
    return mountPath !== '' && ctx.originalUrl.startsWith(literalStart(mounted)) ? mounted : String(matched)
  }
  return ctx.status >= 400 ? missedRoute(ctx) : undefined
}

function missedRoute(ctx: Context): string | undefined {
  for (const router of routersOf(ctx.app)) {
    const layers = router.match(ctx.path, ctx.method === 'HEAD' ? 'GET' : ctx.method).pathAndMethod
    const route = layers.findLast(({ methods }) => methods.length > 0)
    if (route) return String(route.path)
  }
  return undefined
}

function routersOf(app: Application): Router[] {
  return app.middleware.flatMap((middleware) => (middleware as { router?: Router }).router ?? [])
}

/** What a pattern begins with before its first parameter. */
function literalStart(pattern: string): string {
  const end = pattern.search(/[:*({]/)
  return end < 0 ? pattern : pattern.slice(0, end)
}
