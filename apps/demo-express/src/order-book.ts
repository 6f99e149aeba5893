import { randomUUID } from 'node:crypto'

import type { Database } from './storage/database.ts'

/** A quantity of one product. */
export interface OrderItem {
  readonly sku: string
  readonly quantity: number
}

/**
 * `placed` until payments has answered, then the result. `unsettled`: payments did not answer, and has not
 * yet been told to take nothing.
 */
type OrderStatus = 'placed' | 'paid' | 'declined' | 'unsettled' | 'unpaid' | 'cancelled'

/** A customer's order and its status. */
export interface Order {
  readonly id: string
  readonly customerId: string
  readonly items: readonly OrderItem[]
  readonly totalCents: number
  readonly status: OrderStatus
  readonly paymentId: string | null
  readonly placedAt: string
}

/** The storage of orders. */
export interface OrderBook {
  open(customerId: string, items: readonly OrderItem[], totalCents: number): Promise<Order>
  /** Stores the result of an order. */
  settle(orderId: string, status: OrderStatus, paymentId?: string | null): Promise<Order>
  find(customerId: string, orderId: string): Promise<Order | undefined>
  /** A customer's latest orders, newest first. */
  latest(customerId: string): Promise<Order[]>
  /** Orders without a stored result, a hundred at most. */
  leftOpen(placedBefore: Date): Promise<Order[]>
}

export const SCHEMA = `
  create table if not exists orders (
    id text primary key,
    customer_id text not null,
    items text not null,
    total_cents integer not null,
    status text not null,
    payment_id text,
    placed_at text not null
  );
  create index if not exists orders_of_customer on orders (customer_id, placed_at);
  create index if not exists orders_left_open on orders (placed_at) where status in ('placed', 'unsettled')
`

const COLUMNS = `id, customer_id as "customerId", items, total_cents as "totalCents", status,
  payment_id as "paymentId", placed_at as "placedAt"`

/** Columns have the names of Order's members. Items are stored as JSON. */
type Row = Omit<Order, 'items'> & { readonly items: string }

/** The order book in a database. */
export function createOrderBook(database: Database): OrderBook {
  async function orders(text: string, ...values: Array<string | number | null>): Promise<Order[]> {
    const rows = await database.query<Row>(text, values)
    return rows.map((row) => ({ ...row, items: JSON.parse(row.items) as OrderItem[] }))
  }

  /** Runs a statement that returns exactly one row. */
  async function written(...statement: Parameters<typeof orders>): Promise<Order> {
    const [order] = await orders(...statement)
    if (!order) throw new Error('the order is not in the book')
    return order
  }

  return {
    open: (customerId, items, totalCents) =>
      written(
        `insert into orders values ($1, $2, $3, $4, 'placed', null, $5) returning ${COLUMNS}`,
        `ord_${randomUUID()}`,
        customerId,
        JSON.stringify(items),
        totalCents,
        new Date().toISOString(),
      ),
    settle: (orderId, status, paymentId = null) =>
      written(
        `update orders set status = $1, payment_id = $2 where id = $3 returning ${COLUMNS}`,
        status,
        paymentId,
        orderId,
      ),
    async find(customerId, orderId) {
      const [order] = await orders(
        `select ${COLUMNS} from orders where customer_id = $1 and id = $2`,
        customerId,
        orderId,
      )
      return order
    },
    latest: (customerId) =>
      orders(
        `select ${COLUMNS} from orders where customer_id = $1 order by placed_at desc limit 20`,
        customerId,
      ),
    leftOpen: (placedBefore) =>
      orders(
        `select ${COLUMNS} from orders
         where status in ('placed', 'unsettled') and placed_at < $1 order by placed_at limit 100`,
        placedBefore.toISOString(),
      ),
  }
}
