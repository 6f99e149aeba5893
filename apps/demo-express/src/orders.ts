import { OrderError } from './errors.ts'
import type { Order, OrderBook, OrderItem } from './order-book.ts'
import type { PaymentsClient } from './payments-client.ts'
import type { Cache } from './storage/cache.ts'
import { orderValue, ordersTotal, refunds, revenue, telemetry } from './telemetry.ts'

/** The items of an order, and the card that pays for it. */
export interface OrderRequest {
  readonly items: readonly OrderItem[]
  readonly totalCents: number
  readonly card: string
}

/** Places and cancels orders. */
export interface Orders {
  /** Places an order and charges it. If that fails, the order stays in the book with its result. */
  place(customerId: string, request: OrderRequest): Promise<Order>
  /** Cancels a paid order and refunds it. */
  cancel(customerId: string, orderId: string): Promise<Order>
  find(customerId: string, orderId: string): Promise<Order>
  latest(customerId: string): Promise<Order[]>
  /** Calls off the payments of abandoned orders that payments has not been told about yet. */
  clearUp(): Promise<void>
}

/** The dependencies of orders. */
export interface OrdersSetup {
  readonly book: OrderBook
  readonly payments: PaymentsClient
  readonly cache: Cache
}

/** Age at which no request can still be working on an order. */
const LEFT_OPEN_MS = 30_000
/** Cache time of a customer's latest orders, in seconds. */
const LATEST_S = 30

/** The rules of orders. */
export function createOrders({ book, payments, cache }: OrdersSetup): Orders {
  async function find(customerId: string, orderId: string): Promise<Order> {
    const order = await book.find(customerId, orderId)
    if (!order) throw new OrderError('order_unknown')
    return order
  }

  async function settle({ id, customerId }: Order, ...where: [Order['status'], paymentId?: string | null]) {
    const settled = await book.settle(id, ...where)
    await cache.forget(latestOf(customerId))
    return settled
  }

  /**
   * Without a response, the bank may or may not have taken money. Payments is told to call the payment off.
   * If that fails too, `clearUp` repeats it later.
   */
  async function giveUp(order: Order): Promise<void> {
    try {
      await payments.callOff(order.id)
    } catch (error) {
      if (!(error instanceof OrderError)) throw error
      if (order.status !== 'unsettled') await settle(order, 'unsettled')
      return
    }
    await settle(order, 'unpaid')
  }

  return {
    find,
    latest: (customerId) => cache.remembered(latestOf(customerId), LATEST_S, () => book.latest(customerId)),

    async place(customerId, { items, totalCents, card }) {
      const order = await book.open(customerId, items, totalCents)
      telemetry.context.set({ customer_id: customerId, order_id: order.id })

      let payment: { readonly id: string }
      try {
        payment = await payments.charge({ orderId: order.id, amountCents: totalCents, card })
      } catch (error) {
        const isDeclined = error instanceof OrderError && error.code === 'card_declined'
        await (isDeclined ? settle(order, 'declined') : giveUp(order))
        const status = isDeclined ? 'declined' : 'unpaid'
        ordersTotal.inc({ status })
        telemetry.log.warn({ status }, 'order not paid')
        throw error
      }

      const paid = await settle(order, 'paid', payment.id)
      ordersTotal.inc({ status: 'paid' })
      revenue.inc(totalCents / 100)
      orderValue.observe(totalCents / 100)
      telemetry.log.info({ total_cents: totalCents, items: items.length }, 'order paid')
      return paid
    },

    async cancel(customerId, orderId) {
      const order = await find(customerId, orderId)
      const { status, paymentId, totalCents } = order
      if (status !== 'paid' || paymentId === null) throw new OrderError('not_cancellable', { status })

      await payments.refund(paymentId)
      const cancelled = await settle(order, 'cancelled', paymentId)
      ordersTotal.inc({ status: 'cancelled' })
      refunds.inc(totalCents / 100)
      telemetry.log.info({ order_id: orderId, total_cents: totalCents }, 'order cancelled')
      return cancelled
    },

    async clearUp() {
      const orders = await book.leftOpen(new Date(Date.now() - LEFT_OPEN_MS))
      for (const order of orders) await giveUp(order)
      if (orders.length > 0) telemetry.log.info({ orders: orders.length }, 'orders that were left open')
    },
  }
}

function latestOf(customerId: string): string {
  return `latest:${customerId}`
}
