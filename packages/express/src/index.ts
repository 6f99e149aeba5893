import type { Server } from 'node:http'

import {
  createSightline,
  type Logger,
  type Observation,
  type Sightline,
  type SightlineOptions,
} from '@sightline/core'
import { hostOf, isObserved, lenderOf } from '@sightline/core/adapter'
import type { Application, Request, RequestHandler, Response } from 'express'

import { OLD_ROUTER, outermost, refuseOldRouter, tellsPaths } from './applications.ts'
import { ExpressExchange } from './exchange.ts'
import { RouteTable } from './routes.ts'

declare global {
  namespace Express {
    interface Request {
      /** The request id: accepted from the caller or made. */
      id: string
      /** A logger whose lines carry this request's context. */
      log: Logger
      /** What the service is observed with. */
      sightline: Sightline
    }
  }
}

/** A middleware that can be asked for the Sightline it observes with. */
export type SightlineMiddleware = RequestHandler & { readonly sightline: Sightline }

/**
 * The Express middleware: `app.use(sightline({ service: 'orders' }))`, before all others.
 *
 * Requests get `req.id`, `req.log` and `req.sightline`.
 *
 * @param options those of Sightline, or a Sightline that other parts of the program share
 */
export function sightline(options: SightlineOptions | Sightline = {}): SightlineMiddleware {
  const telemetry = 'attach' in options ? options : createSightline(options)
  const host = hostOf(telemetry)
  // Where nothing is told of servers, as under a test runner, the first request finds it out.
  host.accompany('express', undefined, (server) => refuseOldRouter(server, middleware))
  host.watchUpgrades()
  const tables = new WeakMap<Application, RouteTable | undefined>()
  const lend = lenderOf(telemetry, 'req')

  const middleware: RequestHandler = function sightlineMiddleware(req, res, next) {
    // Before a scrape is answered too: known routes have their series from the first one on.
    const table = tables.get(req.app) ?? (tables.has(req.app) ? undefined : newTable(req))
    if (host.serve(req, res)) return
    const observation = host.observe(new ExpressExchange(req, res, table))
    equip(req, observation)
    observation.run(next)
  }
  return Object.assign(middleware, { sightline: telemetry })

  function equip(req: Request, { id, log }: Observation): void {
    try {
      req.id = id
      req.sightline = telemetry
      req.log = log
      if (req.id === id && req.sightline === telemetry && req.log === log) return
    } catch {
      // The application has accessors of these names.
    }
    lend(req, { id, sightline: telemetry, log })
  }

  function newTable({ app, baseUrl, socket }: Request): RouteTable | undefined {
    const root = outermost(app)
    const table = tellsPaths(root) ? new RouteTable(root, app) : undefined
    tables.set(app, table)
    if (table) host.know(table.known())
    else host.fault('naming routes', new TypeError(OLD_ROUTER))
    // Used for a part of the application: what is not for that part is none of ours.
    if (baseUrl !== '') return table
    // Express answers a target that it cannot parse (`http://[/`) before any middleware: only node sees such a request.
    const { server } = socket as { server?: Server }
    host.watchUpgrades(server)
    server?.on('request', (req: Request, res: Response) => {
      if (req.app !== app || isObserved(req) || host.isEndpoint(req)) return
      host.observe(new ExpressExchange(req, res))
    })
    return table
  }
}
