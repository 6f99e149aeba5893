import { OrderError } from './errors.ts'
import type { Order, OrderBook, OrderItem, OrderStatus } from './order-book.ts'
import type { PaymentsClient } from './payments-client.ts'
import { orderValue, ordersTotal, refunds, revenue, telemetry } from './telemetry.ts'

/** What a customer wants, and the card to pay it with. */
export interface OrderRequest {
  readonly items: readonly OrderItem[]
  readonly totalCents: number
  readonly card: string
}

/** Takes orders, and takes them back. */
export interface Orders {
  /** Places an order and has it paid. Where that fails the order stays in the book, with where it got to. */
  place(customerId: string, request: OrderRequest): Promise<Order>
  /** Takes a paid order back and refunds it. */
  cancel(customerId: string, orderId: string): Promise<Order>
  find(customerId: string, orderId: string): Order
  latest(customerId: string): Order[]
}

/** The rules of orders. */
export function createOrders(book: OrderBook, payments: PaymentsClient): Orders {
  function find(customerId: string, orderId: string): Order {
    const order = book.find(customerId, orderId)
    if (!order) throw new OrderError('order_unknown')
    return order
  }

  return {
    find,
    latest: (customerId) => book.latest(customerId),

    async place(customerId, { items, totalCents, card }) {
      const order = book.open(customerId, items, totalCents)
      telemetry.context.set({ customer_id: customerId, order_id: order.id })

      try {
        const payment = await payments.charge({ orderId: order.id, amountCents: totalCents, card })
        ordersTotal.inc({ status: 'paid' })
        revenue.inc(totalCents / 100)
        orderValue.observe(totalCents / 100)
        telemetry.log.info({ total_cents: totalCents, items: items.length }, 'order paid')
        return book.settle(order.id, 'paid', payment.id)
      } catch (error) {
        const status = whereItGotTo(error)
        book.settle(order.id, status)
        ordersTotal.inc({ status })
        telemetry.log.warn({ status }, 'order not paid')
        throw error
      }
    },

    async cancel(customerId, orderId) {
      const { status, paymentId, totalCents } = find(customerId, orderId)
      if (status !== 'paid' || paymentId === null) throw new OrderError('not_cancellable', { status })

      await payments.refund(paymentId)
      ordersTotal.inc({ status: 'cancelled' })
      refunds.inc(totalCents / 100)
      telemetry.log.info({ order_id: orderId, total_cents: totalCents }, 'order cancelled')
      return book.settle(orderId, 'cancelled', paymentId)
    },
  }
}

/** A declined card is the customer's to mend; without an answer from payments the order is simply not paid. */
function whereItGotTo(error: unknown): OrderStatus {
  return error instanceof OrderError && error.code === 'card_declined' ? 'declined' : 'unpaid'
}
