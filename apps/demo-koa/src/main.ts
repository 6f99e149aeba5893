import { once } from 'node:events'

import { buildApp } from './app.ts'
import { createSandboxNetwork } from './card-network.ts'
import { createLedger, SCHEMA } from './ledger.ts'
import { createPayments } from './payments.ts'
import { openCache } from './storage/cache.ts'
import { openDatabase } from './storage/database.ts'
import { telemetry } from './telemetry.ts'

const { PORT = '3002', HOST = '127.0.0.1', DATABASE_URL, DATABASE_PATH, REDIS_URL } = process.env

const database = await openDatabase({ url: DATABASE_URL, path: DATABASE_PATH, schema: SCHEMA })
telemetry.onShutdown('database', () => database.close())
telemetry.health.check('database', database.check, { kind: 'datastore' })

const cache = await openCache({ url: REDIS_URL, prefix: 'payments' })
telemetry.onShutdown('cache', () => cache.close())
telemetry.health.check('cache', cache.check, { kind: 'datastore', critical: false })

const payments = createPayments({ ledger: createLedger(database), network: createSandboxNetwork(), cache })
const server = buildApp(payments).listen(Number(PORT), HOST)
await once(server, 'listening')
telemetry.log.info({ address: server.address() }, 'payments are open')
