import { expect, test } from '@jest/globals'

import { openPayments } from './service.ts'

test('charges nothing when the caller hangs up before the bank has answered', async () => {
  const asked = Promise.withResolvers<void>()
  const calledOff = Promise.withResolvers<void>()
  const payments = await openPayments({
    charge: (_card, _amountCents, signal) =>
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
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  await calledOff.promise

  const metrics = await payments.metrics()
  expect(metrics).toContain('shop_charges_total{outcome="abandoned"} 1\n')
  expect(metrics).toContain('shop_captured_euros_total 0\n')
  expect(metrics).toContain('http_requests_total{method="POST",route="/payments",status="499"} 1\n')
  await payments.close()
})
