import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'

import { openOrders, type Reply } from './service.ts'

const request = { items: [{ sku: 'moka-pot', quantity: 2 }], totalCents: 6_980, card: 'card_visa' }
const paid: Reply = () => ({ status: 201, body: { id: 'pay_1' } })
const declined: Reply = () => ({
  status: 402,
  body: { error: 'card_declined', reason: 'insufficient_funds' },
})

let orders: Awaited<ReturnType<typeof openOrders>>
afterEach(() => orders.close())

/** The last order of the book, with its status. */
async function latest() {
  const { body } = await orders.ask('GET', '/customers/anna/orders')
  return (body['orders'] as Array<Record<string, unknown>>)[0]
}

describe('a paid order', () => {
  test('is in the book of its customer, and of nobody else', async () => {
    orders = await openOrders(paid)
    const { status, body } = await orders.ask('POST', '/customers/anna/orders', request)
    assert.equal(status, 201)
    assert.partialDeepStrictEqual(body, {
      customerId: 'anna',
      status: 'paid',
      paymentId: 'pay_1',
      totalCents: 6_980,
    })

    const path = `orders/${String(body['id'])}`
    assert.deepEqual(await orders.ask('GET', `/customers/anna/${path}`), { status: 200, body })
    assert.deepEqual(await orders.ask('GET', '/customers/anna/orders'), {
      status: 200,
      body: { orders: [body] },
    })
    assert.equal((await orders.ask('GET', `/customers/bert/${path}`)).status, 404)
  })

  test('can be cancelled once, and is refunded', async () => {
    orders = await openOrders(paid)
    const { body } = await orders.ask('POST', '/customers/anna/orders', request)
    const path = `/customers/anna/orders/${String(body['id'])}/cancellation`
    assert.partialDeepStrictEqual(await orders.ask('POST', path), {
      status: 200,
      body: { status: 'cancelled' },
    })
    assert.equal(orders.asked.at(-1)?.path, '/payments/pay_1/refunds')
    assert.partialDeepStrictEqual(await orders.ask('POST', path), {
      status: 409,
      body: { error: 'not_cancellable' },
    })
    assert.equal((await latest())?.['status'], 'cancelled')
  })

  test('can be cancelled where its refund was interrupted after payments had done their part', async () => {
    orders = await openOrders(({ path }) =>
      path === '/payments'
        ? { status: 201, body: { id: 'pay_1' } }
        : { status: 409, body: { error: 'already_refunded' } },
    )
    const { body } = await orders.ask('POST', '/customers/anna/orders', request)
    const path = `/customers/anna/orders/${String(body['id'])}/cancellation`
    assert.partialDeepStrictEqual(await orders.ask('POST', path), {
      status: 200,
      body: { status: 'cancelled' },
    })
  })

  test('carries the request id and the trace on to payments', async () => {
    orders = await openOrders(paid)
    const trace = '0af7651916cd43dd8448eb211c80319c'
    await orders.ask('POST', '/customers/anna/orders', request, {
      'x-request-id': 'from-the-storefront',
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
    })
    const headers = orders.asked[0]?.headers ?? {}
    assert.equal(headers['x-request-id'], 'from-the-storefront')
    assert.match(String(headers['traceparent']), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
    assert.doesNotMatch(String(headers['traceparent']), /b7ad6b7169203331/)
  })
})

describe('an order that is not paid', () => {
  test('stays in the book as declined, with the reason of the bank in the answer', async () => {
    orders = await openOrders(declined)
    const answer = await orders.ask('POST', '/customers/anna/orders', request)
    assert.partialDeepStrictEqual(answer, {
      status: 402,
      body: { error: 'card_declined', reason: 'insufficient_funds' },
    })
    assert.partialDeepStrictEqual(await latest(), { status: 'declined', paymentId: null })
    assert.equal(orders.asked.length, 1)
  })

  test('is given up on when payments are too slow, who are told to take nothing for it', async () => {
    // Enough time for the second response, even on a busy machine.
    orders = await openOrders(
      ({ path }) => (path === '/payments' ? 'never' : { status: 200, body: {} }),
      1_000,
    )
    const answer = await orders.ask('POST', '/customers/anna/orders', request)
    assert.partialDeepStrictEqual(answer, { status: 504, body: { error: 'payment_slow' } })
    const order = await latest()
    assert.equal(order?.['status'], 'unpaid')
    assert.partialDeepStrictEqual(orders.asked.at(-1), {
      path: '/payments/call-offs',
      body: { orderId: order?.['id'] },
    })
  })

  test('is answered with 502 when payments fail', async () => {
    orders = await openOrders(() => ({ status: 500, body: {} }))
    const answer = await orders.ask('POST', '/customers/anna/orders', request)
    assert.partialDeepStrictEqual(answer, { status: 502, body: { error: 'payments_failed' } })
  })

  test('stays unsettled until payments have heard that they shall take nothing for it', async () => {
    let areAwake = false
    orders = await openOrders(() => (areAwake ? { status: 200, body: {} } : 'never'), 50)
    await orders.ask('POST', '/customers/anna/orders', request)
    assert.equal((await latest())?.['status'], 'unsettled')
    await orders.clearUp()
    assert.equal((await latest())?.['status'], 'unsettled')
    areAwake = true
    // A response that arrives too late is requested again. The test's timeout ends a failing loop.
    do await orders.clearUp()
    while ((await latest())?.['status'] === 'unsettled')
    assert.equal((await latest())?.['status'], 'unpaid')
    const { length } = orders.asked
    await orders.clearUp()
    assert.equal(orders.asked.length, length)
  })
})

describe('says which field is wrong', () => {
  for (const [field, body] of [
    ['items', { ...request, items: [] }],
    ['items', { ...request, items: [{ sku: 'moka-pot', quantity: 0 }] }],
    ['totalCents', { ...request, totalCents: '69.80' }],
    ['totalCents', { ...request, totalCents: 2 ** 31 }],
    ['card', { ...request, card: undefined }],
  ] as const) {
    test(`${field} of ${JSON.stringify(body)}`, async () => {
      orders = await openOrders(paid)
      const answer = await orders.ask('POST', '/customers/anna/orders', body)
      assert.partialDeepStrictEqual(answer, { status: 400, body: { error: 'request_invalid', field } })
    })
  }
})
