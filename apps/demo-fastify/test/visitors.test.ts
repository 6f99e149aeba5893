import assert from 'node:assert/strict'
import { test } from 'node:test'

import { openStorefront } from './service.ts'

test('counts who comes back with the cookie, and who of them buys', async () => {
  const shop = await openStorefront(({ body }) => ({
    status: 201,
    body: { id: 'ord_1', status: 'paid', ...body },
  }))
  const first = await shop.ask('GET', '/products')
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
  assert.match(await shop.metrics(), /^shop_active_users 0$/m)

  const again = await shop.ask('GET', '/products/siphon', undefined, { cookie })
  assert.equal(again.headers.get('set-cookie'), null)
  await shop.ask('GET', '/products', undefined, { cookie: `visitor=${crypto.randomUUID()}` })
  let metrics = await shop.metrics()
  assert.match(metrics, /^shop_active_users 2$/m)
  assert.match(metrics, /^shop_visits_total 2$/m)
  assert.match(metrics, /^shop_conversion_ratio 0$/m)

  const cart = await shop.fillCart('siphon', 1)
  await shop.ask('POST', `/carts/${cart}/checkout`, { customerId: 'anna', card: 'card_visa' }, { cookie })
  metrics = await shop.metrics()
  assert.match(metrics, /^shop_conversion_ratio 0.5$/m)
  assert.match(metrics, /^shop_checkouts_total\{result="paid"\} 1$/m)
  await shop.close()
})

test('forgets who has not been seen for five minutes', async () => {
  const { Visitors } = await import('../src/visitors.ts')
  const { telemetry } = await import('../src/telemetry.ts')
  const visitors = new Visitors()
  const noon = Date.UTC(2026, 0, 1, 12)
  const minutes = (count: number) => noon + count * 60_000

  visitors.saw('anna', noon)
  visitors.bought('anna', minutes(1))
  visitors.saw('bert', minutes(3))
  assert.match(await telemetry.metrics.text(), /^shop_conversion_ratio 0.5$/m)
  visitors.forget(minutes(6.5))
  assert.match(await telemetry.metrics.text(), /^shop_active_users 1$/m)
  assert.match(await telemetry.metrics.text(), /^shop_conversion_ratio 0$/m)
})
