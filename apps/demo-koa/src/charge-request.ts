import { PaymentError } from './errors.ts'
import type { Charge } from './payments.ts'

/** Reads a charge out of a request's body, or says which field is wrong. */
export function readCharge(body: unknown): Charge {
  const { orderId, amountCents, card } = Object(body) as Record<string, unknown>
  if (!isName(orderId)) throw invalid('orderId', 'a text of 1 to 100 characters')
  if (!isAmount(amountCents)) throw invalid('amountCents', 'a whole number of cents above 0')
  if (!isName(card)) throw invalid('card', 'a text of 1 to 100 characters')
  return { orderId, amountCents, card }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 100
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}

function invalid(field: string, expected: string): PaymentError {
  return new PaymentError('request_invalid', { field, expected })
}
