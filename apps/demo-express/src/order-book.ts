import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/** How many of one product. */
export interface OrderItem {
  readonly sku: string
  readonly quantity: number
}

/** `placed` until payments have answered; then where the order got to. */
export type OrderStatus = 'placed' | 'paid' | 'declined' | 'unpaid' | 'cancelled'

/** What a customer wants, and where it got to. */
export interface Order {
  readonly id: string
  readonly customerId: string
  readonly items: readonly OrderItem[]
  readonly totalCents: number
  readonly status: OrderStatus
  readonly paymentId: string | null
  readonly placedAt: string
}

/** Where orders are written down. */
export interface OrderBook {
  open(customerId: string, items: readonly OrderItem[], totalCents: number): Order
  /** Writes down where an order got to. */
  settle(orderId: string, status: OrderStatus, paymentId?: string | null): Order
  find(customerId: string, orderId: string): Order | undefined
  /** A customer's latest orders, the last one first. */
  latest(customerId: string): Order[]
}

const COLUMNS = `id, customer_id as customerId, items, total_cents as totalCents, status,
  payment_id as paymentId, placed_at as placedAt`

/** The order book in a database. */
export function createOrderBook(store: DatabaseSync): OrderBook {
  const insert = store.prepare(
    `insert into orders values (?, ?, ?, ?, 'placed', null, ?) returning ${COLUMNS}`,
  )
  const update = store.prepare(
    `update orders set status = ?, payment_id = ? where id = ? returning ${COLUMNS}`,
  )
  const one = store.prepare(`select ${COLUMNS} from orders where customer_id = ? and id = ?`)
  const some = store.prepare(
    `select ${COLUMNS} from orders where customer_id = ? order by placed_at desc limit 20`,
  )

  return {
    open(customerId, items, totalCents) {
      const placedAt = new Date().toISOString()
      return orderOf(
        insert.get(`ord_${randomUUID()}`, customerId, JSON.stringify(items), totalCents, placedAt),
      )
    },
    settle: (orderId, status, paymentId = null) => orderOf(update.get(status, paymentId, orderId)),
    find(customerId, orderId) {
      const row = one.get(customerId, orderId)
      return row && orderOf(row)
    },
    latest: (customerId) => some.all(customerId).map(orderOf),
  }
}

/** The columns are named after the members of Order; the items are kept as JSON. */
function orderOf(row: object | undefined): Order {
  const { items, ...rest } = row as Omit<Order, 'items'> & { items: string }
  return { ...rest, items: JSON.parse(items) as OrderItem[] }
}
