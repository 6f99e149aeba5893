import type { FastifyInstance } from 'fastify'

import type { Shop } from './shop.ts'

/** A customer's orders. */
export function accountRoutes(app: FastifyInstance, { orders, stock }: Shop): void {
  app.get<{ Params: { customerId: string } }>('/customers/:customerId/orders', async ({ params }) => ({
    orders: await orders.latest(params.customerId),
  }))

  app.post<{ Params: { customerId: string; orderId: string } }>(
    '/customers/:customerId/orders/:orderId/cancellation',
    async ({ params }) => {
      const order = await orders.cancel(params.customerId, params.orderId)
      await stock.release(order.items)
      return order
    },
  )
}
