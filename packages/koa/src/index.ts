import type { Server } from 'node:http'

import { createSightline, type Logger, type Sightline, type SightlineOptions } from '@sightline/core'
import type Application from 'koa'
import type { Middleware } from 'koa'

import { KoaExchange } from './exchange.ts'
import { knownRoutes } from './routes.ts'

declare module 'koa' {
  interface DefaultState {
    /** The request id: accepted from the caller or made. */
    requestId: string
  }
  interface DefaultContext {
    /** A logger whose lines carry this request's context. */
    log: Logger
    /** What the service is observed with. */
    sightline: Sightline
  }
}

/** A middleware that can be asked for the Sightline it observes with. */
export type SightlineMiddleware = Middleware & { readonly sightline: Sightline }

/**
 * The Koa middleware: `app.use(sightline({ service: 'orders' }))`, before all others.
 *
 * Contexts get `ctx.log`, `ctx.sightline` and `ctx.state.requestId`.
 *
 * @param options those of Sightline, or a Sightline that other parts of the program share
 */
export function sightline(options: SightlineOptions | Sightline = {}): SightlineMiddleware {
  const observer = 'observe' in options ? options : createSightline(options)
  observer.accompany('koa')
  observer.watchUpgrades()
  const seen = new WeakSet<Application>()

  const middleware: Middleware = async function sightlineMiddleware(ctx, next) {
    const { req, res } = ctx
    // Before a scrape is answered too: known routes have their series from the first one on.
    if (!seen.has(ctx.app)) {
      seen.add(ctx.app)
      observer.know(knownRoutes(ctx.app))
      observer.watchUpgrades((req.socket as { server?: Server }).server)
    }
    if (observer.isEndpoint(req)) {
      ctx.respond = false
      observer.serve(req, res)
      return
    }
    const observation = observer.observe(new KoaExchange(ctx))
    ctx.log = observation.log
    ctx.sightline = observer
    ctx.state.requestId = observation.id
    try {
      await observation.run(next)
    } catch (error) {
      observation.fail(error)
      throw error
    }
  }
  return Object.assign(middleware, { sightline: observer })
}
