import { once } from 'node:events'
import { createServer } from 'node:http'

import { buildApp } from './app.ts'
import { createPaymentsClient } from './payments-client.ts'
import { openStore } from './store.ts'
import { telemetry } from './telemetry.ts'

const {
  PORT = '3001',
  HOST = '127.0.0.1',
  DATABASE_PATH,
  PAYMENTS_URL = 'http://127.0.0.1:3002',
} = process.env

const app = buildApp({
  store: openStore(DATABASE_PATH),
  payments: createPaymentsClient({ url: PAYMENTS_URL }),
})
const server = createServer(app).listen(Number(PORT), HOST)
await once(server, 'listening')
telemetry.log.info({ address: server.address() }, 'orders are open')

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    telemetry.log.info({ signal }, 'orders are closing')
    server.close(() => void telemetry.close())
  })
}
