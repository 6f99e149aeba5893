import { OrderError } from './errors.ts'
import type { OrderItem } from './order-book.ts'
import type { OrderRequest } from './orders.ts'

/** Maximum value of an order, and maximum quantity of a product: the columns have 32 bits. */
const MOST = 1_000_000_00

/** Parses an order from a request body. Throws an error that names the wrong field. */
export function readOrder(body: unknown): OrderRequest {
  const { items, totalCents, card } = Object(body) as Record<string, unknown>
  if (!Array.isArray(items) || items.length === 0 || items.length > 50 || !items.every(isItem)) {
    throw invalid('items', '1 to 50 of { sku, quantity }')
  }
  if (!isWhole(totalCents)) throw invalid('totalCents', `a whole number of cents, from 1 to ${MOST}`)
  if (!isName(card)) throw invalid('card', 'a text of 1 to 100 characters')
  return { items: items.map(({ sku, quantity }) => ({ sku, quantity })), totalCents, card }
}

function isItem(value: unknown): value is OrderItem {
  const { sku, quantity } = Object(value) as Record<string, unknown>
  return isName(sku) && isWhole(quantity)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 100
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= MOST
}

function invalid(field: string, expected: string): OrderError {
  return new OrderError('request_invalid', { field, expected })
}
