import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import type { Observation } from '@sightline/core'
import { hostOf } from '@sightline/core/adapter'

import { createRouter, type Match, type Route } from './router.ts'
import { telemetry } from './telemetry.ts'

/** A service on plain node:http. This file does the work of a framework adapter. */
export function createService(routes: readonly Route[]): Server {
  const match = createRouter(routes)
  const host = hostOf(telemetry)
  // Known routes have their series from the first scrape on, and a scanner cannot push them out.
  host.know(routes.map(({ method, path }) => ({ method, route: path })))
  // The server shuts down with the process: after SIGTERM, accepted requests are answered.
  host.accompany('node:http')

  return createServer((req, res) => {
    // /metrics, /stats and /health are neither logged nor counted.
    if (host.serve(req, res)) return
    const found = match(req)
    const observation = host.observe({
      req,
      res,
      route: () => found?.route.path,
      clientIp: () => req.socket.remoteAddress,
    })
    void observation.run(() => answer(found, req, res, observation))
  })
}

async function answer(
  found: Match | undefined,
  req: IncomingMessage,
  res: ServerResponse,
  observation: Observation,
): Promise<void> {
  try {
    if (found) await found.route.handle(req, res, found.params)
    else res.writeHead(404).end()
  } catch (error) {
    observation.fail(error)
    // The status is already sent: closing the connection is the only way to report the error.
    if (res.headersSent) res.destroy()
    else res.writeHead(500).end()
  }
}
