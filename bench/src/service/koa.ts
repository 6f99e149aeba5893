import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

import type { Layer } from './layer.ts'
import { orderOf, patternsOf } from './order.ts'

// Loaded as CommonJS, where OpenTelemetry's instrumentations find them without a loader.
const require = createRequire(import.meta.url)
const Koa = require('koa') as typeof import('koa')
const { Router } = require('@koa/router') as typeof import('@koa/router')

/** Serves orders with Koa. Returns the port. */
export async function serve(layers: readonly Layer[], routes: number, work: () => void): Promise<number> {
  const app = new Koa()
  for (const layer of layers) await layer.koa?.(app)
  const router = new Router()
  for (const pattern of patternsOf(routes)) {
    router.get(pattern, (ctx) => {
      work()
      ctx.body = orderOf(ctx.params['id'] as string)
    })
  }
  app.use(router.routes())
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
