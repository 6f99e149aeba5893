import type { BankRequest } from './card-network.ts'
import { PaymentError } from './errors.ts'

/** No charge is larger: the column of the ledger has 32 bits. */
const MOST_CENTS = 1_000_000_00

/** Reads a charge out of a request's body, or says which field is wrong. */
export function readCharge(body: unknown): BankRequest {
  const { orderId, amountCents, card } = Object(body) as Record<string, unknown>
  if (!isName(orderId)) throw invalid('orderId', 'a text of 1 to 100 characters')
  if (!isAmount(amountCents)) throw invalid('amountCents', `a whole number of cents, from 1 to ${MOST_CENTS}`)
  if (!isName(card)) throw invalid('card', 'a text of 1 to 100 characters')
  return { orderId, amountCents, card }
}

/** Reads which order is meant out of a request's body, or says that none is. */
export function readOrderId(body: unknown): string {
  const { orderId } = Object(body) as Record<string, unknown>
  if (!isName(orderId)) throw invalid('orderId', 'a text of 1 to 100 characters')
  return orderId
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 100
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= MOST_CENTS
}

function invalid(field: string, expected: string): PaymentError {
  return new PaymentError('request_invalid', { field, expected })
}
