import type { BankRequest } from './card-network.ts'
import { PaymentError } from './errors.ts'

/** Maximum charge: the column has 32 bits. */
const MOST_CENTS = 1_000_000_00

/** Parses a charge from a request body. Throws an error that names the wrong field. */
export function readCharge(body: unknown): BankRequest {
  const { orderId, amountCents, card } = Object(body) as Record<string, unknown>
  if (!isName(orderId)) throw invalid('orderId', 'a text of 1 to 100 characters')
  if (!isAmount(amountCents)) throw invalid('amountCents', `a whole number of cents, from 1 to ${MOST_CENTS}`)
  if (!isName(card)) throw invalid('card', 'a text of 1 to 100 characters')
  return { orderId, amountCents, card }
}

/** Parses the order id from a request body. Throws an error without one. */
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
