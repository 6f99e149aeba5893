/** All domain errors of the shop: the HTTP status, and the sentence for people. */
const ERRORS = {
  request_invalid: { status: 400, sentence: 'The request is not one that the shop understands.' },
  cart_empty: { status: 400, sentence: 'There is nothing in this cart.' },
  card_declined: { status: 402, sentence: 'The bank declined the card. Please try another one.' },
  page_unknown: { status: 404, sentence: 'There is nothing here.' },
  product_unknown: { status: 404, sentence: 'We do not sell this.' },
  cart_unknown: { status: 404, sentence: 'There is no such cart.' },
  order_unknown: { status: 404, sentence: 'There is no such order.' },
  cart_closed: { status: 409, sentence: 'This cart is being paid or was paid already.' },
  out_of_stock: { status: 409, sentence: 'We do not have that many left.' },
  not_cancellable: { status: 409, sentence: 'Only an order that was paid can be cancelled.' },
  coupon_unknown: { status: 422, sentence: 'This coupon is not valid.' },
  internal_error: { status: 500, sentence: 'That was our fault, not yours.' },
  orders_failed: { status: 502, sentence: 'We could not take your order. Please try again.' },
  payment_slow: { status: 504, sentence: 'Your bank took too long. Nothing was charged.' },
} as const

/** The code of an error. */
export type ShopErrorCode = keyof typeof ERRORS

/** A failure with a reason that the visitor can understand. */
export class ShopError extends Error {
  readonly code: ShopErrorCode
  readonly statusCode: number
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ShopErrorCode, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(ERRORS[code].sentence, options)
    this.name = 'ShopError'
    this.code = code
    this.statusCode = ERRORS[code].status
    this.details = details
  }

  /** The response body. */
  toJSON(): Record<string, unknown> {
    return { error: this.code, message: this.message, ...this.details }
  }
}

/** Whether a value, for example from another service, is a code of the table. */
export function isShopErrorCode(code: unknown): code is ShopErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
}
