import { buildApp } from './app.ts'
import { createOrdersClient } from './orders-client.ts'
import { createShop } from './shop.ts'
import { openStore } from './store.ts'
import { telemetry } from './telemetry.ts'

const { PORT = '3000', HOST = '127.0.0.1', DATABASE_PATH, ORDERS_URL = 'http://127.0.0.1:3001' } = process.env

const shop = createShop(openStore(DATABASE_PATH), createOrdersClient({ url: ORDERS_URL }))
const app = await buildApp(shop)
await app.listen({ port: Number(PORT), host: HOST })
telemetry.log.info({ address: app.server.address() }, 'the storefront is open')

const delivery = () => telemetry.context.run({ job: 'delivery' }, () => shop.stock.deliver())
setInterval(delivery, 20_000).unref()
setInterval(() => shop.visitors.forget(), 10_000).unref()

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    telemetry.log.info({ signal }, 'the storefront is closing')
    void app.close()
  })
}
