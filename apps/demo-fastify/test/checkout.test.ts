import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'

import { openStorefront, type Reply } from './service.ts'

const payer = { customerId: 'anna', card: 'card_visa' }
const paid: Reply = ({ body }) => ({ status: 201, body: { id: 'ord_1', status: 'paid', ...body } })

let shop: Awaited<ReturnType<typeof openStorefront>>
afterEach(() => shop.close())

async function stateOf(cart: string): Promise<unknown> {
  return (await shop.ask('GET', `/carts/${cart}`)).body['state']
}

test('orders what is in the cart, at its price with shipping, and takes it off the shelf', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('moka-pot', 1)
  const { status, body } = await shop.ask('POST', `/carts/${cart}/checkout`, payer)
  assert.equal(status, 201)
  assert.partialDeepStrictEqual(body, { id: 'ord_1', totalCents: 3_490 + 490 })
  assert.partialDeepStrictEqual(shop.asked, [
    {
      method: 'POST',
      path: '/customers/anna/orders',
      body: { items: [{ sku: 'moka-pot', quantity: 1 }], card: 'card_visa' },
    },
  ])
  assert.equal(await shop.stockOf('moka-pot'), 39)
})

test('carries the request id on to orders', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('moka-pot', 1)
  await shop.ask('POST', `/carts/${cart}/checkout`, payer, { 'x-request-id': 'from-the-visitor' })
  assert.equal(shop.asked[0]?.requestId, 'from-the-visitor')
})

test('sells a cart only once, even to who clicks twice', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('moka-pot', 1)
  const clicks = await Promise.all([1, 2].map(() => shop.ask('POST', `/carts/${cart}/checkout`, payer)))
  assert.deepEqual(clicks.map(({ status }) => `${status}`).toSorted(), ['201', '409'])
  assert.equal(shop.asked.length, 1)
})

test('sells what is on the shelf only once, whoever wants it at the same time', async () => {
  shop = await openStorefront(paid)
  const carts = await Promise.all([1, 2, 3, 4, 5].map(() => shop.fillCart('siphon', 3)))
  const answers = await Promise.all(carts.map((cart) => shop.ask('POST', `/carts/${cart}/checkout`, payer)))
  assert.deepEqual(answers.map(({ status }) => `${status}`).toSorted(), ['201', '201', '409', '409', '409'])
  assert.equal(await shop.stockOf('siphon'), 2)
})

test('refuses with 409 what is not on the shelf, and orders nothing', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('siphon', 9)
  const answer = await shop.ask('POST', `/carts/${cart}/checkout`, payer)
  assert.partialDeepStrictEqual(answer, { status: 409, body: { error: 'out_of_stock', sku: 'siphon' } })
  assert.equal(shop.asked.length, 0)
  assert.equal(await shop.stockOf('siphon'), 8)
})

describe('when orders refuse, the goods are back on the shelf and the cart is open again', () => {
  for (const [error, refused, status] of [
    ['card_declined', 402, 402],
    ['payment_slow', 504, 504],
    ['payments_failed', 502, 502],
  ] as const) {
    test(error, async () => {
      shop = await openStorefront(() => ({ status: refused, body: { error } }))
      const cart = await shop.fillCart('siphon', 3)
      assert.equal((await shop.ask('POST', `/carts/${cart}/checkout`, payer)).status, status)
      assert.equal(await shop.stockOf('siphon'), 8)
      assert.equal(await stateOf(cart), 'open')
    })
  }
})

test('meets its one bug with a coupon of a kind that nobody taught it, and loses nothing by it', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('siphon', 2)
  const answer = await shop.ask('POST', `/carts/${cart}/checkout`, { ...payer, coupon: 'TWOFORONE' })
  assert.partialDeepStrictEqual(answer, { status: 500, body: { error: 'internal_error' } })
  assert.equal(await shop.stockOf('siphon'), 8)
  assert.equal(await stateOf(cart), 'open')
})

test('puts what was cancelled back on the shelf', async () => {
  shop = await openStorefront(() => ({
    status: 200,
    body: { id: 'ord_1', items: [{ sku: 'siphon', quantity: 2 }], status: 'cancelled' },
  }))
  assert.equal((await shop.ask('POST', '/customers/anna/orders/ord_1/cancellation')).status, 200)
  assert.equal(await shop.stockOf('siphon'), 10)
})

describe('says what is wrong with a checkout', () => {
  for (const [status, error, body] of [
    [400, 'request_invalid', { customerId: 'anna' }],
    [400, 'request_invalid', { customerId: '', card: 'card_visa' }],
    [422, 'coupon_unknown', { ...payer, coupon: 'SUMMER20' }],
  ] as const) {
    test(`${status} ${error} for ${JSON.stringify(body)}`, async () => {
      shop = await openStorefront(paid)
      const cart = await shop.fillCart('moka-pot', 1)
      const answer = await shop.ask('POST', `/carts/${cart}/checkout`, body)
      assert.partialDeepStrictEqual(answer, { status, body: { error } })
    })
  }

  test('400 cart_empty for a cart with nothing in it, which stays open', async () => {
    shop = await openStorefront(paid)
    const cart = await shop.fillCart('moka-pot', 0)
    const answer = await shop.ask('POST', `/carts/${cart}/checkout`, payer)
    assert.partialDeepStrictEqual(answer, { status: 400, body: { error: 'cart_empty' } })
    assert.equal(await stateOf(cart), 'open')
  })
})
