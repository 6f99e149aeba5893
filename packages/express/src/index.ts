import type { Server } from 'node:http'

import { createSightline, type Logger, type Sightline, type SightlineOptions } from '@sightline/core'
import type { Application, Request, RequestHandler, Response } from 'express'

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
  const observer = 'observe' in options ? options : createSightline(options)
  observer.accompany('express')
  observer.watchUpgrades()
  const tables = new WeakMap<Application, RouteTable>()

  const middleware: RequestHandler = function sightlineMiddleware(req, res, next) {
    // Before a scrape is answered too: known routes have their series from the first one on.
    const table = tables.get(req.app) ?? newTable(req)
    if (observer.serve(req, res)) return
    const observation = observer.observe(new ExpressExchange(req, res, table))
    req.id = observation.id
    req.sightline = observer
    req.log = observation.log
    observation.run(next)
  }
  return Object.assign(middleware, { sightline: observer })

  function newTable({ app, socket }: Request): RouteTable {
    const table = new RouteTable(app)
    tables.set(app, table)
    observer.know(table.known())
    // Express answers a target that it cannot parse (`http://[/`) before any middleware: only node sees such a request.
    const { server } = socket as { server?: Server }
    observer.watchUpgrades(server)
    server?.on('request', (req: Request, res: Response) => {
      if (req.app !== app || req.sightline !== undefined || observer.isEndpoint(req)) return
      observer.observe(new ExpressExchange(req, res))
    })
    return table
  }
}
