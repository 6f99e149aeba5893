import { once } from 'node:events'
import { createServer } from 'node:http'

import { checks } from '@sightline/core'

import { buildApp } from './app.ts'
import { repeat } from './jobs.ts'
import { createOrderBook, SCHEMA } from './order-book.ts'
import { createOrders } from './orders.ts'
import { createPaymentsClient } from './payments-client.ts'
import { openCache } from './storage/cache.ts'
import { openDatabase } from './storage/database.ts'
import { telemetry } from './telemetry.ts'

const {
  PORT = '3001',
  HOST = '127.0.0.1',
  PAYMENTS_URL = 'http://127.0.0.1:3002',
  DATABASE_URL,
  DATABASE_PATH,
  REDIS_URL,
} = process.env

const database = await openDatabase({ url: DATABASE_URL, path: DATABASE_PATH, schema: SCHEMA })
telemetry.onShutdown('database', () => database.close())
telemetry.health.check('database', database.check, { kind: 'datastore' })

const cache = await openCache({ url: REDIS_URL, prefix: 'orders' })
telemetry.onShutdown('cache', () => cache.close())
telemetry.health.check('cache', cache.check, { kind: 'datastore', critical: false })

telemetry.health.check('payments', checks.service(PAYMENTS_URL))

const orders = createOrders({
  book: createOrderBook(database),
  payments: createPaymentsClient({ url: PAYMENTS_URL }),
  cache,
})
const server = createServer(buildApp(orders)).listen(Number(PORT), HOST)
await once(server, 'listening')
telemetry.log.info({ address: server.address() }, 'orders are open')
repeat('clear up', 10_000, () => orders.clearUp())
