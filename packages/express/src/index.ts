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
      /** The request id, accepted from the caller or generated. */
      id: string
      /** A logger that adds this request's context to its lines. */
      log: Logger
      /** The Sightline that observes the service. */
      sightline: Sightline
    }
  }
}

/** A middleware that exposes its Sightline. */
export type SightlineMiddleware = RequestHandler & { readonly sightline: Sightline }

/**
 * The Express middleware: `app.use(sightline({ service: 'orders' }))`, before all others.
 *
 * Requests get `req.id`, `req.log` and `req.sightline`.
 *
 * @param options the options of Sightline, or a Sightline shared with other parts of the program
 */
export function sightline(options: SightlineOptions | Sightline = {}): SightlineMiddleware {
  const telemetry = 'attach' in options ? options : createSightline(options)
  const host = hostOf(telemetry)
  // Without notice of a listening server, as in a test runner, the first request runs this check.
  host.accompany('express', undefined, (server) => refuseOldRouter(server, middleware))
  host.watchUpgrades()
  const tables = new WeakMap<Application, RouteTable | undefined>()
  const lend = lenderOf(telemetry, 'req')

  const middleware: RequestHandler = function sightlineMiddleware(req, res, next) {
    // Before a scrape is answered: known routes have their series from the first scrape on.
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
      // The application defines these names itself.
    }
    lend(req, { id, sightline: telemetry, log })
  }

  function newTable({ app, baseUrl, socket }: Request): RouteTable | undefined {
    const root = outermost(app)
    const table = tellsPaths(root) ? new RouteTable(root, app) : undefined
    tables.set(app, table)
    if (table) host.know(table.known())
    else host.fault('naming routes', new TypeError(OLD_ROUTER))
    // The middleware is mounted at a path: only requests below it are observed.
    if (baseUrl !== '') return table
    // Express answers a target that it cannot parse (`http://[/`) before any middleware: only node reports
    // such a request.
    const { server } = socket as { server?: Server }
    host.watchUpgrades(server)
    server?.on('request', (req: Request, res: Response) => {
      if (req.app !== app || isObserved(req) || host.isEndpoint(req)) return
      host.observe(new ExpressExchange(req, res))
    })
    return table
  }
}
