import { expect, test } from '@jest/globals'

import { openOrders } from './service.ts'

test('counts requests by the pattern through three routers, and tells of the business', async () => {
  const orders = await openOrders(() => ({ status: 201, body: { id: 'pay_1' } }))
  const request = { items: [{ sku: 'moka-pot', quantity: 1 }], totalCents: 3_980, card: 'card_visa' }
  const { body } = await orders.ask('POST', '/customers/anna/orders', request)
  await orders.ask('GET', `/customers/anna/orders/${String(body['id'])}`)
  await orders.ask('POST', `/customers/anna/orders/${String(body['id'])}/cancellation`)

  const metrics = await orders.metrics()
  const line = (method: string, route: string, status: number) =>
    `http_requests_total{method="${method}",route="${route}",status="${status}"} 1\n`
  expect(metrics).toContain(line('POST', '/customers/:customerId/orders', 201))
  expect(metrics).toContain(line('GET', '/customers/:customerId/orders/:orderId', 200))
  expect(metrics).toContain(line('POST', '/customers/:customerId/orders/:orderId/cancellation', 200))
  expect(metrics).not.toContain('anna')

  expect(metrics).toContain('shop_orders_total{status="paid"} 1\n')
  expect(metrics).toContain('shop_orders_total{status="cancelled"} 1\n')
  expect(metrics).toContain('shop_revenue_euros_total 39.8\n')
  expect(metrics).toContain('shop_refunds_euros_total 39.8\n')
  expect(metrics).toContain('shop_order_value_euros_bucket{le="50"} 1\n')
  await orders.close()
})
