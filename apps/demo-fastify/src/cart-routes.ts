import type { FastifyInstance } from 'fastify'

import type { Shop } from './shop.ts'

interface CartPath {
  cartId: string
}

interface Payment {
  customerId: string
  card: string
  coupon?: string
}

const quantity = {
  type: 'object',
  required: ['quantity'],
  properties: { quantity: { type: 'integer', minimum: 0, maximum: 100 } },
}

const name = { type: 'string', minLength: 1, maxLength: 100 }

const payment = {
  type: 'object',
  required: ['customerId', 'card'],
  properties: { customerId: name, card: name, coupon: name },
}

/** The routes that fill a cart and check it out. */
export function cartRoutes(app: FastifyInstance, { carts, catalogue, checkout, visitors }: Shop): void {
  app.post('/carts', async (_request, reply) => {
    reply.code(201)
    return carts.open()
  })

  app.get<{ Params: CartPath }>('/carts/:cartId', async ({ params }) => carts.find(params.cartId))

  app.put<{ Params: CartPath & { sku: string }; Body: { quantity: number } }>(
    '/carts/:cartId/items/:sku',
    { schema: { body: quantity } },
    async ({ params, body }) => {
      const { sku } = await catalogue.find(params.sku)
      return carts.put(params.cartId, sku, body.quantity)
    },
  )

  app.post<{ Params: CartPath; Body: Payment }>(
    '/carts/:cartId/checkout',
    { schema: { body: payment } },
    async ({ params, body, visitor }, reply) => {
      const order = await checkout(params.cartId, body)
      if (visitor !== null) visitors.bought(visitor)
      reply.code(201)
      return order
    },
  )
}
