import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createSightline, type Sightline, type SightlineOptions } from '@sightline/core'
import { hostOf } from '@sightline/core/adapter'

/** A service on node's own server. */
export interface Service {
  readonly url: string
  readonly port: number
  readonly sightline: Sightline
  readonly lines: Array<Record<string, unknown>>
  close(): Promise<void>
}

/** Answers one request. What it throws becomes a 500. */
export type Handler = (req: IncomingMessage, res: ServerResponse, sightline: Sightline) => unknown

/** Starts a service with one route. */
export async function startService(handler: Handler, options: SightlineOptions = {}): Promise<Service> {
  const lines: Array<Record<string, unknown>> = []
  const sightline = createSightline({
    service: 'orders',
    log: { destination: { write: (line) => void lines.push(JSON.parse(line)) } },
    ...options,
  })
  const server = createServer((req, res) => {
    const observation = hostOf(sightline).observe({
      req,
      res,
      route: () => '/orders/:id',
      clientIp: () => req.socket.remoteAddress,
    })
    void observation.run(async () => {
      try {
        await handler(req, res, sightline)
        if (!res.writableEnded) res.end('done')
      } catch (error) {
        observation.fail(error)
        res.writeHead(500).end()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    sightline,
    lines,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await sightline.close()
    },
  }
}
