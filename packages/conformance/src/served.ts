import { once } from 'node:events'
import type { Server } from 'node:http'

import type { Served } from './app.ts'

/** Resolves when a node server listens. */
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
