import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'

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
  assert.equal(status, 201)
  assert.partialDeepStrictEqual(body, { orderId: 'ord_1', amountCents: 2_500, status: 'captured' })
  assert.deepEqual(await payments.get(`/payments/${String(body['id'])}`), { status: 200, body })
})

test('charges an order only once', async () => {
  await payments.post('/payments', charge)
  assert.partialDeepStrictEqual(await payments.post('/payments', charge), {
    status: 409,
    body: { error: 'already_paid' },
  })
})

test('charges another card for an order whose first card was declined', async () => {
  assert.equal((await payments.post('/payments', { ...charge, card: 'card_stolen' })).status, 402)
  assert.equal((await payments.post('/payments', charge)).status, 201)
})

test('refunds a payment once', async () => {
  const { body } = await payments.post('/payments', charge)
  const path = `/payments/${String(body['id'])}`
  await payments.get(path)
  assert.partialDeepStrictEqual(await payments.post(`${path}/refunds`, {}), {
    status: 201,
    body: { status: 'refunded' },
  })
  assert.equal((await payments.get(path)).body['status'], 'refunded')
  assert.partialDeepStrictEqual(await payments.post(`${path}/refunds`, {}), {
    status: 409,
    body: { error: 'already_refunded' },
  })
  assert.deepEqual(payments.givenBack, ['ord_1'])
})

describe('declines', () => {
  for (const [card, amountCents, reason] of [
    ['card_no_funds', 2_500, 'insufficient_funds'],
    ['card_expired', 2_500, 'expired'],
    ['card_visa', 500_001, 'over_limit'],
  ] as const) {
    test(`${card} for ${amountCents} cents: ${reason}`, async () => {
      const answer = await payments.post('/payments', { ...charge, card, amountCents })
      assert.partialDeepStrictEqual(answer, { status: 402, body: { error: 'card_declined', reason } })
      const counted = `shop_declines_total{reason="${reason}"} 1\n`
      assert.ok((await payments.metrics()).includes(counted), counted)
    })
  }
})

describe('says which field is wrong', () => {
  for (const [field, body] of [
    ['orderId', { ...charge, orderId: '' }],
    ['amountCents', { ...charge, amountCents: 12.5 }],
    ['amountCents', { ...charge, amountCents: -1 }],
    ['amountCents', { ...charge, amountCents: 2 ** 31 }],
    ['card', { ...charge, card: 7 }],
  ] as const) {
    test(`${field} of ${JSON.stringify(body)}`, async () => {
      const answer = await payments.post('/payments', body)
      assert.partialDeepStrictEqual(answer, { status: 400, body: { error: 'request_invalid', field } })
    })
  }
})

test('knows no payment that was never made', async () => {
  assert.partialDeepStrictEqual(await payments.get('/payments/pay_none'), {
    status: 404,
    body: { error: 'payment_unknown' },
  })
  assert.equal((await payments.post('/payments/pay_none/refunds', {})).status, 404)
})

test('counts requests by the pattern of their route', async () => {
  const { body } = await payments.post('/payments', charge)
  await payments.get(`/payments/${String(body['id'])}`)
  const metrics = await payments.metrics()
  assert.match(metrics, /http_requests_total\{method="GET",route="\/payments\/:paymentId",status="200"\}/)
  assert.ok(!metrics.includes(String(body['id'])))
})
