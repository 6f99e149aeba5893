import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import type { CardNetwork } from '../src/card-network.ts'

// Before the service is loaded: tests are quiet.
process.env['SIGHTLINE_LOG_LEVEL'] = 'silent'
const { buildApp } = await import('../src/app.ts')
const { openStore } = await import('../src/store.ts')

/** Payments on a port of their own, with an empty ledger. */
export async function openPayments(network: CardNetwork) {
  const server = buildApp({ store: openStore(), network }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  return {
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
    },
  }
}
