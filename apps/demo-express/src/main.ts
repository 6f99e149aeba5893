import { once } from 'node:events'
import { createServer } from 'node:http'

import { checks } from '@sightline/core'

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

const store = openStore(DATABASE_PATH)
telemetry.onShutdown('database', () => store.close())
// Reads a table: a bare `select 1` never touches the file.
telemetry.health.check('database', () => store.exec('select 1 from orders limit 1'), { kind: 'datastore' })
telemetry.health.check('payments', checks.service(PAYMENTS_URL))

const app = buildApp({ store, payments: createPaymentsClient({ url: PAYMENTS_URL }) })
const server = createServer(app).listen(Number(PORT), HOST)
await once(server, 'listening')
telemetry.log.info({ address: server.address() }, 'orders are open')
