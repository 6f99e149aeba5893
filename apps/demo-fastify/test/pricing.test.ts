import { expect, test } from '@jest/globals'

import { createPricing } from '../src/pricing.ts'
import { openStore } from '../src/store.ts'

const priceOf = createPricing(openStore())

test.each([
  ['adds shipping to a small cart', 1_000, undefined, 1_490],
  ['ships a large cart for nothing', 6_000, undefined, 6_000],
  ['takes a percentage off', 2_000, 'WELCOME10', 2_290],
  ['takes an amount off', 2_000, 'FIVEROFF', 1_990],
  ['never takes more off than the cart costs', 300, 'FIVEROFF', 490],
  ['takes the shipping off', 2_000, 'FREESHIP', 2_000],
])('%s', (_what, subtotalCents, coupon, totalCents) => {
  expect(priceOf(subtotalCents, coupon).totalCents).toBe(totalCents)
})
