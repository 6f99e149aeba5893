import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import type { CardNetwork } from '../src/card-network.ts'
import { openStorage } from './storage.ts'

const { buildApp } = await import('../src/app.ts')
const { createLedger, SCHEMA } = await import('../src/ledger.ts')
const { createPayments } = await import('../src/payments.ts')

/** A card network reduced to its answers to charges. */
export type Answering = Pick<CardNetwork, 'charge'>

/** Starts payments on its own port, with an empty ledger. */
export async function openPayments({ charge }: Answering) {
  const { database, cache, close } = await openStorage(SCHEMA)
  const givenBack: string[] = []
  const network: CardNetwork = {
    charge,
    async giveBack(orderId) {
      givenBack.push(orderId)
    },
  }
  const app = buildApp(createPayments({ ledger: createLedger(database), network, cache }))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  return {
    /** The refunded orders. */
    givenBack,
    async post(path: string, body: unknown, signal?: AbortSignal) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    async get(path: string) {
      const response = await fetch(`${url}${path}`)
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      await close()
    },
  }
}
