import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

import type { Layer } from './layer.ts'
import { orderOf, patternsOf } from './order.ts'

// Loaded as CommonJS, where OpenTelemetry's instrumentations find it without a loader.
const express = createRequire(import.meta.url)('express') as typeof import('express')

/** Serves orders with Express. Returns the port. */
export async function serve(layers: readonly Layer[], routes: number, work: () => void): Promise<number> {
  const app = express()
  for (const layer of layers) await layer.express?.(app)
  for (const pattern of patternsOf(routes)) {
    app.get(pattern, (req, res) => {
      work()
      res.json(orderOf(req.params['id'] as string))
    })
  }
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
