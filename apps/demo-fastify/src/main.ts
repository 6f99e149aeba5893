import { checks } from '@sightline/core'

import { buildApp } from './app.ts'
import { repeat } from './jobs.ts'
import { createOrdersClient } from './orders-client.ts'
import { SCHEMA } from './schema.ts'
import { openShop } from './shop.ts'
import { openCache } from './storage/cache.ts'
import { openDatabase } from './storage/database.ts'
import { telemetry } from './telemetry.ts'

const {
  PORT = '3000',
  HOST = '127.0.0.1',
  ORDERS_URL = 'http://127.0.0.1:3001',
  DATABASE_URL,
  DATABASE_PATH,
  REDIS_URL,
} = process.env

const database = await openDatabase({ url: DATABASE_URL, path: DATABASE_PATH, schema: SCHEMA })
telemetry.onShutdown('database', () => database.close())
telemetry.health.check('database', database.check, { kind: 'datastore' })

const cache = await openCache({ url: REDIS_URL, prefix: 'storefront' })
telemetry.onShutdown('cache', () => cache.close())
telemetry.health.check('cache', cache.check, { kind: 'datastore', critical: false })

telemetry.health.check('orders', checks.service(ORDERS_URL))

const shop = await openShop({ database, cache, orders: createOrdersClient({ url: ORDERS_URL }) })
const app = await buildApp(shop)
await app.listen({ port: Number(PORT), host: HOST })
telemetry.log.info({ address: app.server.address() }, 'the storefront is open')

repeat('delivery', 20_000, () => shop.stock.deliver())
setInterval(() => shop.visitors.forget(), 10_000).unref()
