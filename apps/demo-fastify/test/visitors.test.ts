import { expect, test } from '@jest/globals'

import { openStorefront } from './service.ts'

test('counts who comes back with the cookie, and who of them buys', async () => {
  const shop = await openStorefront(({ body }) => ({
    status: 201,
    body: { id: 'ord_1', status: 'paid', ...body },
  }))
  const first = await shop.ask('GET', '/products')
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(await shop.metrics()).toContain('shop_active_users 0\n')

  const again = await shop.ask('GET', '/products/siphon', undefined, { cookie })
  expect(again.headers.get('set-cookie')).toBeNull()
  await shop.ask('GET', '/products', undefined, { cookie: `visitor=${crypto.randomUUID()}` })
  let metrics = await shop.metrics()
  expect(metrics).toContain('shop_active_users 2\n')
  expect(metrics).toContain('shop_visits_total 2\n')
  expect(metrics).toContain('shop_conversion_ratio 0\n')

  const cart = await shop.fillCart('siphon', 1)
  await shop.ask('POST', `/carts/${cart}/checkout`, { customerId: 'anna', card: 'card_visa' }, { cookie })
  metrics = await shop.metrics()
  expect(metrics).toContain('shop_conversion_ratio 0.5\n')
  expect(metrics).toContain('shop_checkouts_total{outcome="paid"} 1\n')
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
  expect(await telemetry.metrics.text()).toContain('shop_conversion_ratio 0.5\n')
  visitors.forget(minutes(6.5))
  expect(await telemetry.metrics.text()).toContain('shop_active_users 1\n')
  expect(await telemetry.metrics.text()).toContain('shop_conversion_ratio 0\n')
})
