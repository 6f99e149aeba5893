import type { Request, Response } from 'express'

/** Under this symbol, which is registered for all copies of it, Express' router remembers what handlers threw or passed to `next`. */
const ROUTER_ERRORS = Symbol.for('router.tracing.publishedErrors')

/**
 * The first error of a request, unless an error handler has turned it into a good answer. Express tells a middleware
 * nothing of the errors behind it, so it is read where the router (2.3, of Express 5.3) keeps it.
 */
export function errorOf(req: Request, res: Response): unknown {
  if (res.statusCode < 400 && res.writableFinished) return undefined
  const errors = (req as { [ROUTER_ERRORS]?: ReadonlySet<unknown> })[ROUTER_ERRORS]
  return errors?.values().next().value
}
