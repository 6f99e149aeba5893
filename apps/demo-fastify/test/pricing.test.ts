import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { openShopRoom } from './service.ts'

const { createPricing } = await import('../src/pricing.ts')

let room: Awaited<ReturnType<typeof openShopRoom>>
before(async () => {
  room = await openShopRoom()
})
after(() => room.close())

for (const [what, subtotalCents, coupon, expected] of [
  ['adds shipping to a small cart', 1_000, undefined, 1_490],
  ['ships a large cart for nothing', 6_000, undefined, 6_000],
  ['takes a percentage off', 2_000, 'WELCOME10', 2_290],
  ['takes an amount off', 2_000, 'FIVEROFF', 1_990],
  ['never takes more off than the cart costs', 300, 'FIVEROFF', 490],
  ['takes the shipping off', 2_000, 'FREESHIP', 2_000],
] as const) {
  test(what, async () => {
    const { totalCents } = await createPricing(room.database)(subtotalCents, coupon)
    assert.equal(totalCents, expected)
  })
}
