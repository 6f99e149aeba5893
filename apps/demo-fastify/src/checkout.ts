import type { Carts } from './carts.ts'
import { ShopError } from './errors.ts'
import type { Order, OrdersClient } from './orders-client.ts'
import type { Pricing } from './pricing.ts'
import type { Stock } from './stock.ts'
import { checkouts, telemetry } from './telemetry.ts'

/** The customer and the means of payment. */
interface Payer {
  readonly customerId: string
  readonly card: string
  readonly coupon?: string
}

/** The dependencies of a checkout. */
export interface Till {
  readonly carts: Carts
  readonly stock: Stock
  readonly priceOf: Pricing
  readonly orders: OrdersClient
}

/** Turns a cart into a paid order. */
export type Checkout = (cartId: string, payer: Payer) => Promise<Order>

/**
 * Creates the checkout. It is atomic: if it fails, the goods are back in stock and the cart is open again.
 */
export function createCheckout({ carts, stock, priceOf, orders }: Till): Checkout {
  async function pay(cartId: string, { customerId, card, coupon }: Payer): Promise<Order> {
    const { lines, subtotalCents } = await carts.beginPaying(cartId)
    try {
      const { totalCents } = await priceOf(subtotalCents, coupon)
      await stock.reserve(lines)
      try {
        const items = lines.map(({ sku, quantity }) => ({ sku, quantity }))
        const order = await orders.place(customerId, { items, totalCents, card })
        await carts.endPaying(cartId, 'paid')
        return order
      } catch (error) {
        await stock.release(lines)
        throw error
      }
    } catch (error) {
      await carts.endPaying(cartId, 'open')
      throw error
    }
  }

  return async function checkout(cartId, payer) {
    telemetry.context.set({ cart_id: cartId, customer_id: payer.customerId })
    try {
      const order = await pay(cartId, payer)
      checkouts.inc({ result: 'paid' })
      telemetry.log.info({ order_id: order.id, total_cents: order.totalCents }, 'cart checked out')
      return order
    } catch (error) {
      checkouts.inc({ result: error instanceof ShopError ? error.code : 'internal_error' })
      throw error
    }
  }
}
