import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

import type { FastifyServerOptions } from 'fastify'

import type { Layer } from './layer.ts'
import { orderOf, patternsOf } from './order.ts'

// Loaded as CommonJS, where OpenTelemetry's instrumentations find it without a loader.
const { fastify } = createRequire(import.meta.url)('fastify') as typeof import('fastify')

/** Serves orders with Fastify. Returns the port. */
export async function serve(layers: readonly Layer[], routes: number, work: () => void): Promise<number> {
  const options: FastifyServerOptions = Object.assign({}, ...layers.map((layer) => layer.fastifyOptions))
  const app = fastify(options)
  for (const layer of layers) await layer.fastify?.(app)
  for (const pattern of patternsOf(routes)) {
    app.get<{ Params: { id: string } }>(pattern, async (request) => {
      work()
      return orderOf(request.params.id)
    })
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}
