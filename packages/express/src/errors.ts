import type { Request, Response } from 'express'

/**
 * The symbol under which Express' router stores errors that handlers threw or passed to `next`. Registered,
 * so that all copies share it.
 */
const ROUTER_ERRORS = Symbol.for('router.tracing.publishedErrors')

/**
 * The first error of a request, unless an error handler turned it into a successful response. Express does
 * not report later errors to a middleware, so they are read from the router (2.3, of Express 5.3).
 */
export function errorOf(req: Request, res: Response): unknown {
  if (res.statusCode < 400 && res.writableFinished) return undefined
  const errors = (req as { [ROUTER_ERRORS]?: ReadonlySet<unknown> })[ROUTER_ERRORS]
  return errors?.values().next().value
}
