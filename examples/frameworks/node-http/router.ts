import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers one request. */
type Handler = (req: IncomingMessage, res: ServerResponse, params: Params) => Promise<void>

/** The values in a path, by their names in the pattern. */
type Params = Readonly<Record<string, string | undefined>>

/** What is answered, and by whom. */
export interface Route {
  readonly method: string
  /** A pattern, such as `/orders/:orderId`. */
  readonly path: string
  readonly handle: Handler
}

/** A route that fits a request. */
export interface Match {
  readonly route: Route
  readonly params: Params
}

/** Finds the route of a request, if it has one. */
export type Router = (req: IncomingMessage) => Match | undefined

/** Makes a router: https://nodejs.org/api/url.html#class-urlpattern */
export function createRouter(routes: readonly Route[]): Router {
  const patterns = routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }))

  return function match({ method, url = '' }) {
    // Cut by position: a request target may be anything, and a parser of URLs throws at some of it.
    const [pathname = ''] = url.split('?', 1)
    for (const { route, pattern } of patterns) {
      const params = route.method === method ? pattern.exec({ pathname })?.pathname.groups : undefined
      if (params) return { route, params }
    }
    return undefined
  }
}
