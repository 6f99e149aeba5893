import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { openPayments } from './service.ts'

const charge = { orderId: 'ord_1', amountCents: 2_500, card: 'card_visa' }
const order = { orderId: 'ord_1' }

let payments: Awaited<ReturnType<typeof openPayments>>
/** Resolves when the bank is asked, to a function that makes it approve. */
let bank: PromiseWithResolvers<() => void>
let questions: number

beforeEach(async () => {
  bank = Promise.withResolvers()
  questions = 0
  payments = await openPayments({
    charge: () => {
      questions++
      return new Promise((resolve) => bank.resolve(() => resolve({ approved: true })))
    },
  })
})
afterEach(() => payments.close())

test('of two charges of one order at the same time one is captured, and the other asks no bank', async () => {
  const answers = [1, 2].map(() => payments.post('/payments', charge))
  const approve = await bank.promise
  // The refused request is answered while the bank request is pending.
  const refused = await Promise.race(answers)
  assert.partialDeepStrictEqual(refused, { status: 409, body: { error: 'already_paid' } })
  approve()
  const statuses = (await Promise.all(answers)).map(({ status }) => `${status}`)
  assert.deepEqual(statuses.toSorted(), ['201', '409'])
  assert.equal(questions, 1)
})

test('an order that is called off while its bank is asked is not captured, and the bank gets its money back', async () => {
  const answer = payments.post('/payments', charge)
  const approve = await bank.promise
  const calledOff = await payments.post('/payments/call-offs', order)
  assert.partialDeepStrictEqual(calledOff, { status: 200, body: { status: 'called_off' } })
  approve()
  assert.partialDeepStrictEqual(await answer, { status: 409, body: { error: 'called_off' } })
  assert.deepEqual(payments.givenBack, ['ord_1'])
})

test('an order that is called off after it was captured is refunded, once', async () => {
  const answer = payments.post('/payments', charge)
  ;(await bank.promise)()
  const { body } = await answer
  for (const _time of [1, 2]) {
    assert.partialDeepStrictEqual(await payments.post('/payments/call-offs', order), {
      status: 200,
      body: { id: body['id'], status: 'refunded' },
    })
  }
  assert.deepEqual(payments.givenBack, ['ord_1'])
  const { body: known } = await payments.get(`/payments/${String(body['id'])}`)
  assert.equal(known['status'], 'refunded')
})

test('an order that is called off before its charge has arrived is never charged', async () => {
  await payments.post('/payments/call-offs', order)
  assert.partialDeepStrictEqual(await payments.post('/payments', charge), {
    status: 409,
    body: { error: 'called_off' },
  })
  assert.equal(questions, 0)
})

test('says that no order is meant', async () => {
  assert.partialDeepStrictEqual(await payments.post('/payments/call-offs', {}), {
    status: 400,
    body: { field: 'orderId' },
  })
})
