import type { Exchange } from '@sightline/core'
import type { Request, Response } from 'express'

import { errorOf } from './errors.ts'
import type { RouteTable } from './routes.ts'

/** A request that Express has taken. A class, because an object with a closure for each answer is four times as large. */
export class ExpressExchange implements Exchange {
  readonly req: Request
  readonly res: Response
  readonly #routes: RouteTable | undefined

  /** @param routes absent where Express has refused the request before it looked for a route */
  constructor(req: Request, res: Response, routes?: RouteTable) {
    this.req = req
    this.res = res
    this.#routes = routes
  }

  get target(): string {
    return this.req.originalUrl
  }

  route(): string | undefined {
    return this.#routes?.routeOf(this.req)
  }

  clientIp(): string | undefined {
    return this.req.ip
  }

  error(): unknown {
    return errorOf(this.req, this.res)
  }
}
