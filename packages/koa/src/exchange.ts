import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Exchange } from '@sightline/core'
import type { Context } from 'koa'

import { routeOf } from './routes.ts'

/** A request that Koa has taken. A class, because an object with a closure for each answer is four times as large. */
export class KoaExchange implements Exchange {
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  get req(): IncomingMessage {
    return this.#ctx.req
  }

  get res(): ServerResponse {
    return this.#ctx.res
  }

  route(): string | undefined {
    return routeOf(this.#ctx)
  }

  clientIp(): string {
    return this.#ctx.ip
  }
}
