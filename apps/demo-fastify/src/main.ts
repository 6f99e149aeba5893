import { checks } from '@sightline/core'

import { buildApp } from './app.ts'
import { createOrdersClient } from './orders-client.ts'
import { createShop } from './shop.ts'
import { openStore } from './store.ts'
import { telemetry } from './telemetry.ts'

const { PORT = '3000', HOST = '127.0.0.1', DATABASE_PATH, ORDERS_URL = 'http://127.0.0.1:3001' } = process.env

const store = openStore(DATABASE_PATH)
telemetry.onShutdown('database', () => store.close())
// Reads a table: a bare `select 1` never touches the file.
telemetry.health.check('database', () => store.exec('select 1 from products limit 1'), { kind: 'datastore' })
telemetry.health.check('orders', checks.service(ORDERS_URL))

const shop = createShop(store, createOrdersClient({ url: ORDERS_URL }))
const app = await buildApp(shop)
await app.listen({ port: Number(PORT), host: HOST })
telemetry.log.info({ address: app.server.address() }, 'the storefront is open')

const delivery = setInterval(
  () => telemetry.context.run({ job: 'delivery' }, () => shop.stock.deliver()),
  20_000,
)
// What was opened last is closed first: no delivery meets a database that is closed already.
telemetry.onShutdown('delivery', () => clearInterval(delivery))
setInterval(() => shop.visitors.forget(), 10_000).unref()
