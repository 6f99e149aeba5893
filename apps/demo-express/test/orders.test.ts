import { afterEach, describe, expect, test } from '@jest/globals'

import { openOrders, type Reply } from './service.ts'

const request = { items: [{ sku: 'moka-pot', quantity: 2 }], totalCents: 6_980, card: 'card_visa' }
const paid: Reply = () => ({ status: 201, body: { id: 'pay_1' } })
const declined: Reply = () => ({
  status: 402,
  body: { error: 'card_declined', reason: 'insufficient_funds' },
})

let orders: Awaited<ReturnType<typeof openOrders>>
afterEach(() => orders.close())

describe('a paid order', () => {
  test('is in the book of its customer, and of nobody else', async () => {
    orders = await openOrders(paid)
    const { status, body } = await orders.ask('POST', '/customers/anna/orders', request)
    expect(status).toBe(201)
    expect(body).toMatchObject({ customerId: 'anna', status: 'paid', paymentId: 'pay_1', totalCents: 6_980 })

    const path = `orders/${String(body['id'])}`
    expect(await orders.ask('GET', `/customers/anna/${path}`)).toEqual({ status: 200, body })
    expect(await orders.ask('GET', '/customers/anna/orders')).toEqual({
      status: 200,
      body: { orders: [body] },
    })
    expect(await orders.ask('GET', `/customers/bert/${path}`)).toMatchObject({ status: 404 })
  })

  test('can be cancelled once, and is refunded', async () => {
    orders = await openOrders(paid)
    const { body } = await orders.ask('POST', '/customers/anna/orders', request)
    const path = `/customers/anna/orders/${String(body['id'])}/cancellation`
    expect(await orders.ask('POST', path)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    expect(orders.asked.at(-1)).toMatchObject({ path: '/payments/pay_1/refunds' })
    expect(await orders.ask('POST', path)).toMatchObject({ status: 409, body: { error: 'not_cancellable' } })
  })

  test('carries the request id and the trace on to payments', async () => {
    orders = await openOrders(paid)
    const trace = '0af7651916cd43dd8448eb211c80319c'
    await orders.ask('POST', '/customers/anna/orders', request, {
      'x-request-id': 'from-the-storefront',
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
    })
    const headers = orders.asked[0]?.headers ?? {}
    expect(headers['x-request-id']).toBe('from-the-storefront')
    expect(headers['traceparent']).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
    expect(headers['traceparent']).not.toContain('b7ad6b7169203331')
  })
})

describe('an order that is not paid', () => {
  test('stays in the book as declined, with the reason of the bank in the answer', async () => {
    orders = await openOrders(declined)
    const answer = await orders.ask('POST', '/customers/anna/orders', request)
    expect(answer).toMatchObject({
      status: 402,
      body: { error: 'card_declined', reason: 'insufficient_funds' },
    })
    const { body } = await orders.ask('GET', '/customers/anna/orders')
    expect(body['orders']).toMatchObject([{ status: 'declined', paymentId: null }])
  })

  test('is given up on when payments are too slow', async () => {
    orders = await openOrders(() => 'never', 50)
    const answer = await orders.ask('POST', '/customers/anna/orders', request)
    expect(answer).toMatchObject({ status: 504, body: { error: 'payment_slow' } })
    const { body } = await orders.ask('GET', '/customers/anna/orders')
    expect(body['orders']).toMatchObject([{ status: 'unpaid' }])
  })

  test('is answered with 502 when payments fail', async () => {
    orders = await openOrders(() => ({ status: 500, body: {} }))
    const answer = await orders.ask('POST', '/customers/anna/orders', request)
    expect(answer).toMatchObject({ status: 502, body: { error: 'payments_failed' } })
  })
})

describe('says which field is wrong', () => {
  test.each([
    ['items', { ...request, items: [] }],
    ['items', { ...request, items: [{ sku: 'moka-pot', quantity: 0 }] }],
    ['totalCents', { ...request, totalCents: '69.80' }],
    ['card', { ...request, card: undefined }],
  ])('%s of %j', async (field, body) => {
    orders = await openOrders(paid)
    const answer = await orders.ask('POST', '/customers/anna/orders', body)
    expect(answer).toMatchObject({ status: 400, body: { error: 'request_invalid', field } })
  })
})
