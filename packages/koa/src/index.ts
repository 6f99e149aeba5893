import type { Server } from 'node:http'

import {
  createSightline,
  type Logger,
  type Observation,
  type Sightline,
  type SightlineOptions,
} from '@sightline/core'
import { hostOf, lenderOf } from '@sightline/core/adapter'
import type Application from 'koa'
import type { Context, Middleware } from 'koa'

import { KoaExchange } from './exchange.ts'
import { RouteTable } from './routes.ts'

declare module 'koa' {
  interface DefaultState {
    /** The request id, accepted from the caller or generated. */
    requestId: string
  }
  interface DefaultContext {
    /** A logger that adds this request's context to its lines. */
    log: Logger
    /** The Sightline that observes the service. */
    sightline: Sightline
  }
}

/** A middleware that exposes its Sightline. */
export type SightlineMiddleware = Middleware & { readonly sightline: Sightline }

/**
 * The Koa middleware: `app.use(sightline({ service: 'orders' }))`, before all others.
 *
 * Contexts get `ctx.log`, `ctx.sightline` and `ctx.state.requestId`.
 *
 * @param options the options of Sightline, or a Sightline shared with other parts of the program
 */
export function sightline(options: SightlineOptions | Sightline = {}): SightlineMiddleware {
  const telemetry = 'attach' in options ? options : createSightline(options)
  const host = hostOf(telemetry)
  host.accompany('koa')
  host.watchUpgrades()
  const tables = new WeakMap<Application, RouteTable>()
  const lendContext = lenderOf(telemetry, 'ctx')
  const lendState = lenderOf(telemetry, 'ctx.state')

  const middleware: Middleware = async function sightlineMiddleware(ctx, next) {
    const { req, res } = ctx
    // Before a scrape is answered: known routes have their series from the first scrape on.
    const table = tables.get(ctx.app) ?? newTable(ctx)
    if (host.isEndpoint(req)) {
      ctx.respond = false
      host.serve(req, res)
      return
    }
    const observation = host.observe(new KoaExchange(ctx, table))
    equip(ctx, observation)
    try {
      await observation.run(next)
    } catch (error) {
      observation.fail(error)
      throw error
    }
  }
  return Object.assign(middleware, { sightline: telemetry })

  function newTable({ app, req }: Context): RouteTable {
    const table = new RouteTable(app)
    tables.set(app, table)
    host.know(table.known())
    host.watchUpgrades((req.socket as { server?: Server }).server)
    return table
  }

  function equip(ctx: Context, { id, log }: Observation): void {
    try {
      const { state } = ctx
      ctx.log = log
      ctx.sightline = telemetry
      state.requestId = id
      if (ctx.log === log && ctx.sightline === telemetry && state.requestId === id) return
    } catch {
      // The application defines these names itself.
    }
    lendContext(ctx, { log, sightline: telemetry })
    lendState(ctx.state, { requestId: id })
  }
}
