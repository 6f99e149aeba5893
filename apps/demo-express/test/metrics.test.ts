import assert from 'node:assert/strict'
import { test } from 'node:test'

import { openOrders } from './service.ts'

test('counts requests by the pattern through three routers, and tells of the business', async () => {
  const orders = await openOrders(() => ({ status: 201, body: { id: 'pay_1' } }))
  const request = { items: [{ sku: 'moka-pot', quantity: 1 }], totalCents: 3_980, card: 'card_visa' }
  const { body } = await orders.ask('POST', '/customers/anna/orders', request)
  await orders.ask('GET', `/customers/anna/orders/${String(body['id'])}`)
  await orders.ask('POST', `/customers/anna/orders/${String(body['id'])}/cancellation`)

  const metrics = await orders.metrics()
  const counted = (method: string, route: string, status: number) =>
    `http_requests_total{method="${method}",route="${route}",status="${status}"} 1\n`
  for (const line of [
    counted('POST', '/customers/:customerId/orders', 201),
    counted('GET', '/customers/:customerId/orders/:orderId', 200),
    counted('POST', '/customers/:customerId/orders/:orderId/cancellation', 200),
    'shop_orders_total{status="paid"} 1\n',
    'shop_orders_total{status="cancelled"} 1\n',
    'shop_revenue_euros_total 39.8\n',
    'shop_refunds_euros_total 39.8\n',
    'shop_order_value_euros_bucket{le="50"} 1\n',
  ]) {
    assert.ok(metrics.includes(line), line)
  }
  assert.doesNotMatch(metrics, /anna/)
  await orders.close()
})
