import assert from 'node:assert/strict'
import { test } from 'node:test'

import { openPayments } from './service.ts'

test('charges nothing when the caller hangs up before the bank has answered', async () => {
  const asked = Promise.withResolvers<void>()
  const calledOff = Promise.withResolvers<void>()
  const payments = await openPayments({
    charge: (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('called off'))
          calledOff.resolve()
        })
        asked.resolve()
      }),
  })
  const impatience = new AbortController()
  const answer = payments.post(
    '/payments',
    { orderId: 'ord_1', amountCents: 100, card: 'card_slow' },
    impatience.signal,
  )
  await asked.promise
  impatience.abort()
  await assert.rejects(answer, { name: 'AbortError' })
  await calledOff.promise

  const metrics = await payments.metrics()
  for (const line of [
    'shop_charges_total{result="abandoned"} 1\n',
    'shop_captured_euros_total 0\n',
    'http_requests_total{method="POST",route="/payments",status="499"} 1\n',
  ]) {
    assert.ok(metrics.includes(line), line)
  }
  await payments.close()
})
