import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/** Money that was taken, and perhaps given back. */
export interface Payment {
  readonly id: string
  readonly orderId: string
  readonly amountCents: number
  readonly status: 'captured' | 'refunded'
  readonly capturedAt: string
}

/** Where payments are written down. */
export interface Ledger {
  find(paymentId: string): Payment | undefined
  findByOrder(orderId: string): Payment | undefined
  record(orderId: string, amountCents: number): Payment
  markRefunded(paymentId: string): void
}

const COLUMNS = 'id, order_id as orderId, amount_cents as amountCents, status, captured_at as capturedAt'

/** The ledger in a database. */
export function createLedger(store: DatabaseSync): Ledger {
  const byId = store.prepare(`select ${COLUMNS} from payments where id = ?`)
  const byOrder = store.prepare(`select ${COLUMNS} from payments where order_id = ?`)
  const insert = store.prepare(`insert into payments values (?, ?, ?, 'captured', ?) returning ${COLUMNS}`)
  const refund = store.prepare(`update payments set status = 'refunded' where id = ?`)

  // The columns are named after the members of Payment.
  return {
    find: (paymentId) => byId.get(paymentId) as Payment | undefined,
    findByOrder: (orderId) => byOrder.get(orderId) as Payment | undefined,
    record: (orderId, amountCents) =>
      insert.get(`pay_${randomUUID()}`, orderId, amountCents, new Date().toISOString()) as unknown as Payment,
    markRefunded: (paymentId) => void refund.run(paymentId),
  }
}
