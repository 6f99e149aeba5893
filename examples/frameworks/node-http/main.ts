import { once } from 'node:events'

import { orders } from './orders.ts'
import { createService } from './service.ts'
import { telemetry } from './telemetry.ts'

const { PORT = '3000', HOST = '127.0.0.1' } = process.env

telemetry.onShutdown('orders', () => telemetry.log.info('orders are closed'))

const server = createService(orders).listen(Number(PORT), HOST)
await once(server, 'listening')
telemetry.log.info({ address: server.address() }, 'orders are open')
