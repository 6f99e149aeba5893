import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, test } from '@jest/globals'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline } from '../src/index.ts'

test('a scrape is over with its last byte: a server that closes then does not wait for its connection', async () => {
  const sightline = createSightline({ service: 'orders', log: { level: 'silent' } })
  const gauge = sightline.metrics.gauge({ name: 'shelf_items', help: 'Items.', labels: ['sku'] })
  // Enough for an answer of several pieces.
  for (let sku = 0; sku < 1_500; sku++) gauge.set({ sku: String(sku) }, sku)
  const server = createServer((req, res) => hostOf(sightline).serve(req, res)).listen(0, '127.0.0.1')
  // Longer than this test may take.
  server.keepAliveTimeout = 300_000
  await once(server, 'listening')

  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)
  expect(await response.text()).toContain('shelf_items{sku="1499"} 1499\n')
  server.close()
  await once(server, 'close')
  await sightline.close()
})
