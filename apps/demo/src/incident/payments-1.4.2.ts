/**
 * Payments as released in 1.4.2, the cause of the incident: before each charge it reads the entries of its ledger one by one, over a small
 * pool of connections. The ledger's database is made up. It stands for one on another machine.
 */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

import { buildApp } from '@sightline/demo-koa/app'
import { createSandboxNetwork } from '@sightline/demo-koa/card-network'
import { createLedger, SCHEMA } from '@sightline/demo-koa/ledger'
import { createPayments, type Payments } from '@sightline/demo-koa/payments'
import { openCache } from '@sightline/demo-koa/storage/cache'
import { openDatabase } from '@sightline/demo-koa/storage/database'
import { telemetry } from '@sightline/demo-koa/telemetry'

import { createPool, type Pool } from './pool.ts'

const { PORT = '3002', HOST = '127.0.0.1', DATABASE_PATH } = process.env

/** Entries that are read before each charge, and the milliseconds that one takes. */
const ENTRIES = 60
const READ_MS = 20

const database = await openDatabase({ path: DATABASE_PATH, schema: SCHEMA })
telemetry.onShutdown('database', () => database.close())
telemetry.health.check('database', database.check, { kind: 'datastore' })
const cache = await openCache({ prefix: 'payments' })

const ledger = createPool('ledger-db', { size: 2, waitMs: 1_200 })
const payments = createPayments({ ledger: createLedger(database), network: createSandboxNetwork(), cache })
const server = buildApp(verifying(payments, ledger)).listen(Number(PORT), HOST)
await once(server, 'listening')
telemetry.log.info({ address: server.address() }, 'payments are open')

/** Payments that verify the ledger before each charge. */
function verifying(charged: Payments, pool: Pool): Payments {
  return {
    ...charged,
    async capture(charge, signal) {
      await pool.use(async () => {
        for (let entry = 0; entry < ENTRIES && !signal.aborted; entry++) await readEntry()
      })
      return charged.capture(charge, signal)
    },
  }
}

function readEntry(): Promise<void> {
  const fields = {
    'db.system.name': 'postgresql',
    'db.operation.name': 'SELECT',
    'db.query.text': 'select * from ledger_entries where id = $1',
    'server.address': 'ledger-db',
  }
  return telemetry.trace('SELECT ledger_entries', { kind: 'client', fields }, async () => {
    // 50 to 150 % of the usual time.
    await delay(READ_MS * (0.5 + Math.random()))
  })
}
