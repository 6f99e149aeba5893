import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers one request. */
type Handler = (req: IncomingMessage, res: ServerResponse, params: Params) => Promise<void>

/** The path parameters by name. */
type Params = Readonly<Record<string, string | undefined>>

/** A route with its handler. */
export interface Route {
  readonly method: string
  /** A pattern, such as `/orders/:orderId`. */
  readonly path: string
  readonly handle: Handler
}

/** The route that matches a request. */
export interface Match {
  readonly route: Route
  readonly params: Params
}

/** Finds the route of a request, if any. */
export type Router = (req: IncomingMessage) => Match | undefined

/** Creates a router: https://nodejs.org/api/url.html#class-urlpattern */
export function createRouter(routes: readonly Route[]): Router {
  const patterns = routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }))

  return function match({ method, url = '' }) {
    // Cut by position: a request target may be anything, and URL parsers throw for some targets.
    const [pathname = ''] = url.split('?', 1)
    for (const { route, pattern } of patterns) {
      const params = route.method === method ? pattern.exec({ pathname })?.pathname.groups : undefined
      if (params) return { route, params }
    }
    return undefined
  }
}
