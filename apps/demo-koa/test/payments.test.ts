import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { createSandboxNetwork } from '../src/card-network.ts'
import { openPayments } from './service.ts'

let payments: Awaited<ReturnType<typeof openPayments>>

beforeEach(async () => {
  payments = await openPayments(createSandboxNetwork({ usuallyMs: 1 }))
})
afterEach(() => payments.close())

const charge = { orderId: 'ord_1', amountCents: 2_500, card: 'card_visa' }

test('captures what an order costs', async () => {
  const { status, body } = await payments.post('/payments', charge)
  expect(status).toBe(201)
  expect(body).toMatchObject({ orderId: 'ord_1', amountCents: 2_500, status: 'captured' })
  expect(await payments.get(`/payments/${String(body['id'])}`)).toEqual({ status: 200, body })
})

test('charges an order only once', async () => {
  await payments.post('/payments', charge)
  expect(await payments.post('/payments', charge)).toMatchObject({
    status: 409,
    body: { error: 'already_paid' },
  })
})

test('refunds a payment once', async () => {
  const { body } = await payments.post('/payments', charge)
  const refunds = `/payments/${String(body['id'])}/refunds`
  expect(await payments.post(refunds, {})).toMatchObject({ status: 201, body: { status: 'refunded' } })
  expect(await payments.post(refunds, {})).toMatchObject({ status: 409, body: { error: 'already_refunded' } })
})

describe('declines', () => {
  test.each([
    ['card_no_funds', 2_500, 'insufficient_funds'],
    ['card_expired', 2_500, 'expired'],
    ['card_visa', 500_001, 'over_limit'],
  ])('%s for %i cents: %s', async (card, amountCents, reason) => {
    const answer = await payments.post('/payments', { ...charge, card, amountCents })
    expect(answer).toMatchObject({ status: 402, body: { error: 'card_declined', reason } })
    expect(await payments.metrics()).toContain(`shop_declines_total{reason="${reason}"} 1\n`)
  })
})

describe('says which field is wrong', () => {
  test.each([
    ['orderId', { ...charge, orderId: '' }],
    ['amountCents', { ...charge, amountCents: 12.5 }],
    ['amountCents', { ...charge, amountCents: -1 }],
    ['card', { ...charge, card: 7 }],
  ])('%s of %j', async (field, body) => {
    const answer = await payments.post('/payments', body)
    expect(answer).toMatchObject({ status: 400, body: { error: 'request_invalid', field } })
  })
})

test('knows no payment that was never made', async () => {
  expect(await payments.get('/payments/pay_none')).toMatchObject({
    status: 404,
    body: { error: 'payment_unknown' },
  })
})

test('counts requests by the pattern of their route', async () => {
  const { body } = await payments.post('/payments', charge)
  await payments.get(`/payments/${String(body['id'])}`)
  const metrics = await payments.metrics()
  expect(metrics).toContain('http_requests_total{method="GET",route="/payments/:paymentId",status="200"}')
  expect(metrics).not.toContain(String(body['id']))
})
