import { once } from 'node:events'

import { buildApp } from './app.ts'
import { createSandboxNetwork } from './card-network.ts'
import { openStore } from './store.ts'
import { telemetry } from './telemetry.ts'

const { PORT = '3002', HOST = '127.0.0.1', DATABASE_PATH } = process.env

const store = openStore(DATABASE_PATH)
telemetry.onShutdown('database', () => store.close())
// Reads a table: a bare `select 1` never touches the file.
telemetry.health.check('database', () => store.exec('select 1 from payments limit 1'), { kind: 'datastore' })

const app = buildApp({ store, network: createSandboxNetwork() })
const server = app.listen(Number(PORT), HOST)
await once(server, 'listening')
telemetry.log.info({ address: server.address() }, 'payments are open')
