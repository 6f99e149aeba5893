import { once } from 'node:events'

import { buildApp } from './app.ts'
import { createSandboxNetwork } from './card-network.ts'
import { openStore } from './store.ts'
import { telemetry } from './telemetry.ts'

const { PORT = '3002', HOST = '127.0.0.1', DATABASE_PATH } = process.env

const app = buildApp({ store: openStore(DATABASE_PATH), network: createSandboxNetwork() })
const server = app.listen(Number(PORT), HOST)
await once(server, 'listening')
telemetry.log.info({ address: server.address() }, 'payments are open')

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    telemetry.log.info({ signal }, 'payments are closing')
    server.close(() => void telemetry.close())
  })
}
