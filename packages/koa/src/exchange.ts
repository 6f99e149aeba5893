import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Exchange } from '@sightline/core'
import type { Context } from 'koa'

import type { RouteTable } from './routes.ts'

/** A request in Koa. A class: an object with a closure per method would be four times as large. */
export class KoaExchange implements Exchange {
  readonly #ctx: Context
  readonly #routes: RouteTable

  constructor(ctx: Context, routes: RouteTable) {
    this.#ctx = ctx
    this.#routes = routes
  }

  get req(): IncomingMessage {
    return this.#ctx.req
  }

  get res(): ServerResponse {
    return this.#ctx.res
  }

  get target(): string {
    const { req, originalUrl } = this.#ctx
    // If Koa's application is mounted in Express, Express has cut off the mount path.
    return (req as { readonly originalUrl?: string }).originalUrl ?? originalUrl
  }

  route(): string | undefined {
    return this.#routes.routeOf(this.#ctx)
  }

  clientIp(): string {
    return this.#ctx.ip
  }
}
