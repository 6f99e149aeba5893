import { randomUUID } from 'node:crypto'

import type { Database, Value } from './storage/database.ts'

/**
 * `pending` while the bank is asked. `called_off`: nothing was taken for the order, and nothing will be. If
 * the process dies during a charge, it stays pending: the bank's result is unknown, so it is not asked again.
 */
type PaymentStatus = 'pending' | 'captured' | 'refunded' | 'called_off'

/** A charge for an order, possibly refunded. */
export interface Payment {
  readonly id: string
  readonly orderId: string
  readonly amountCents: number
  readonly status: PaymentStatus
  readonly begunAt: string
}

/** The storage of payments, one per order even with parallel requests. */
export interface Ledger {
  find(paymentId: string): Promise<Payment | undefined>
  findByOrder(orderId: string): Promise<Payment | undefined>
  /** Begins the payment of an order. `undefined` if there already is one. */
  begin(orderId: string, amountCents: number): Promise<Payment | undefined>
  /** Stores that a pending payment was captured. `undefined` if it is no longer pending. */
  capture(paymentId: string): Promise<Payment | undefined>
  /** Deletes a pending payment: the bank has taken nothing. */
  drop(paymentId: string): Promise<void>
  /** Stores that a captured payment was refunded. `undefined` if it is not captured. */
  refund(paymentId: string): Promise<Payment | undefined>
  /** Ends a pending payment. For an order without a payment, stores an entry that prevents later ones. */
  callOff(orderId: string): Promise<void>
}

export const SCHEMA = `
  create table if not exists payments (
    id text primary key,
    order_id text not null unique,
    amount_cents integer not null,
    status text not null,
    begun_at text not null
  )
`

const COLUMNS = 'id, order_id as "orderId", amount_cents as "amountCents", status, begun_at as "begunAt"'

/** The ledger in a database. */
export function createLedger(database: Database): Ledger {
  /** Columns have the names of Payment's members. */
  async function first(text: string, ...values: Value[]): Promise<Payment | undefined> {
    const [payment] = await database.query<Payment>(text, values)
    return payment
  }

  function change(paymentId: string, from: PaymentStatus, to: PaymentStatus) {
    return first(
      `update payments set status = $3 where id = $1 and status = $2 returning ${COLUMNS}`,
      paymentId,
      from,
      to,
    )
  }

  return {
    find: (paymentId) => first(`select ${COLUMNS} from payments where id = $1`, paymentId),
    findByOrder: (orderId) => first(`select ${COLUMNS} from payments where order_id = $1`, orderId),
    begin: (orderId, amountCents) =>
      first(
        `insert into payments values ($1, $2, $3, 'pending', $4) on conflict do nothing returning ${COLUMNS}`,
        newId(),
        orderId,
        amountCents,
        new Date().toISOString(),
      ),
    capture: (paymentId) => change(paymentId, 'pending', 'captured'),
    refund: (paymentId) => change(paymentId, 'captured', 'refunded'),
    async drop(paymentId) {
      await database.query(`delete from payments where id = $1 and status = 'pending'`, [paymentId])
    },
    async callOff(orderId) {
      await database.query(
        `insert into payments values ($1, $2, 0, 'called_off', $3)
         on conflict (order_id) do update set status = 'called_off' where payments.status = 'pending'`,
        [newId(), orderId, new Date().toISOString()],
      )
    },
  }
}

function newId(): string {
  return `pay_${randomUUID()}`
}
