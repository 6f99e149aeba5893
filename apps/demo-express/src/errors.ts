/** All domain errors of orders: the HTTP status, and the sentence for people. */
const ERRORS = {
  request_invalid: { status: 400, sentence: 'The request is not one that orders understand.' },
  card_declined: { status: 402, sentence: 'The bank declined the card.' },
  order_unknown: { status: 404, sentence: 'This customer has no such order.' },
  not_cancellable: { status: 409, sentence: 'Only an order that was paid can be cancelled.' },
  payments_failed: {
    status: 502,
    sentence: 'Payments could not be reached or gave an answer that makes no sense.',
  },
  payment_slow: { status: 504, sentence: 'The bank took too long. Nothing was charged.' },
} as const

/** The code of an error. */
export type OrderErrorCode = keyof typeof ERRORS

/** An order that failed for a reason that the caller can understand. */
export class OrderError extends Error {
  readonly code: OrderErrorCode
  readonly status: number
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: OrderErrorCode, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(ERRORS[code].sentence, options)
    this.name = 'OrderError'
    this.code = code
    this.status = ERRORS[code].status
    this.details = details
  }

  /** The response body. */
  toJSON(): Record<string, unknown> {
    return { error: this.code, message: this.message, ...this.details }
  }
}
