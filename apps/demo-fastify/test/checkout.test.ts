import { afterEach, describe, expect, test } from '@jest/globals'

import { openStorefront, type Reply } from './service.ts'

const payer = { customerId: 'anna', card: 'card_visa' }
const paid: Reply = ({ body }) => ({ status: 201, body: { id: 'ord_1', status: 'paid', ...body } })

let shop: Awaited<ReturnType<typeof openStorefront>>
afterEach(() => shop.close())

test('orders what is in the cart, at its price with shipping, and takes it off the shelf', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('moka-pot', 1)
  const { status, body } = await shop.ask('POST', `/carts/${cart}/checkout`, payer)
  expect(status).toBe(201)
  expect(body).toMatchObject({ id: 'ord_1', totalCents: 3_490 + 490 })
  expect(shop.asked).toMatchObject([
    {
      method: 'POST',
      path: '/customers/anna/orders',
      body: { items: [{ sku: 'moka-pot', quantity: 1 }], card: 'card_visa' },
    },
  ])
  expect(await shop.stockOf('moka-pot')).toBe(39)
})

test('carries the request id on to orders', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('moka-pot', 1)
  await shop.ask('POST', `/carts/${cart}/checkout`, payer, { 'x-request-id': 'from-the-visitor' })
  expect(shop.asked[0]?.requestId).toBe('from-the-visitor')
})

test('sells a cart only once, even to who clicks twice', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('moka-pot', 1)
  const clicks = await Promise.all([1, 2].map(() => shop.ask('POST', `/carts/${cart}/checkout`, payer)))
  expect(new Set(clicks.map(({ status }) => status))).toEqual(new Set([201, 409]))
  expect(shop.asked).toHaveLength(1)
})

test('refuses with 409 what is not on the shelf, and orders nothing', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('siphon', 9)
  const answer = await shop.ask('POST', `/carts/${cart}/checkout`, payer)
  expect(answer).toMatchObject({ status: 409, body: { error: 'out_of_stock', sku: 'siphon' } })
  expect(shop.asked).toHaveLength(0)
  expect(await shop.stockOf('siphon')).toBe(8)
})

describe('when orders refuse, the goods are back on the shelf and the cart is open again', () => {
  test.each([
    ['card_declined', 402, 402],
    ['payment_slow', 504, 504],
    ['payments_failed', 502, 502],
  ])('%s', async (error, refused, status) => {
    shop = await openStorefront(() => ({ status: refused, body: { error } }))
    const cart = await shop.fillCart('siphon', 3)
    expect(await shop.ask('POST', `/carts/${cart}/checkout`, payer)).toMatchObject({ status })
    expect(await shop.stockOf('siphon')).toBe(8)
    expect((await shop.ask('GET', `/carts/${cart}`)).body).toMatchObject({ state: 'open' })
  })
})

test('meets its one bug with a coupon of a kind that nobody taught it, and loses nothing by it', async () => {
  shop = await openStorefront(paid)
  const cart = await shop.fillCart('siphon', 2)
  const answer = await shop.ask('POST', `/carts/${cart}/checkout`, { ...payer, coupon: 'TWOFORONE' })
  expect(answer).toMatchObject({ status: 500, body: { error: 'internal_error' } })
  expect(await shop.stockOf('siphon')).toBe(8)
  expect((await shop.ask('GET', `/carts/${cart}`)).body).toMatchObject({ state: 'open' })
})

test('puts what was cancelled back on the shelf', async () => {
  shop = await openStorefront(() => ({
    status: 200,
    body: { id: 'ord_1', items: [{ sku: 'siphon', quantity: 2 }], status: 'cancelled' },
  }))
  expect(await shop.ask('POST', '/customers/anna/orders/ord_1/cancellation')).toMatchObject({ status: 200 })
  expect(await shop.stockOf('siphon')).toBe(10)
})

describe('says what is wrong with a checkout', () => {
  test.each([
    [400, 'request_invalid', { customerId: 'anna' }],
    [400, 'request_invalid', { customerId: '', card: 'card_visa' }],
    [422, 'coupon_unknown', { ...payer, coupon: 'SUMMER20' }],
  ])('%i %s for %j', async (status, error, body) => {
    shop = await openStorefront(paid)
    const cart = await shop.fillCart('moka-pot', 1)
    expect(await shop.ask('POST', `/carts/${cart}/checkout`, body)).toMatchObject({ status, body: { error } })
  })

  test('400 cart_empty for a cart with nothing in it', async () => {
    shop = await openStorefront(paid)
    const cart = await shop.fillCart('moka-pot', 0)
    const answer = await shop.ask('POST', `/carts/${cart}/checkout`, payer)
    expect(answer).toMatchObject({ status: 400, body: { error: 'cart_empty' } })
  })
})
