import { once } from 'node:events'
import type { Server } from 'node:http'

import type { Served } from './app.ts'

/** A server of node's that has been told to listen, as soon as it does. */
export async function served(server: Server): Promise<Served> {
  if (!server.listening) await once(server, 'listening')
  return {
    server,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
