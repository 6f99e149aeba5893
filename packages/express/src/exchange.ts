import type { Exchange } from '@sightline/core'
import type { Request, Response } from 'express'

import { errorOf } from './errors.ts'
import type { RouteTable } from './routes.ts'

/** A request in Express. A class: an object with a closure per method would be four times as large. */
export class ExpressExchange implements Exchange {
  readonly req: Request
  readonly res: Response
  readonly #routes: RouteTable | undefined

  /** @param routes absent if Express rejected the request before routing */
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
