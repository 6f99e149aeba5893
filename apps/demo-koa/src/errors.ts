/** All domain errors of payments: the HTTP status, and the sentence for people. */
const ERRORS = {
  request_invalid: { status: 400, sentence: 'The request is not one that payments understand.' },
  card_declined: { status: 402, sentence: 'The bank declined the card.' },
  payment_unknown: { status: 404, sentence: 'There is no such payment.' },
  already_paid: {
    status: 409,
    sentence: 'This order is paid already, or is being paid. Nothing was charged again.',
  },
  called_off: { status: 409, sentence: 'This order was called off. Nothing was charged.' },
  already_refunded: { status: 409, sentence: 'This payment was refunded already, or never captured.' },
  caller_left: {
    status: 499,
    sentence: 'The caller hung up before the bank had answered. Nothing was charged.',
  },
} as const

/** The code of an error. */
export type PaymentErrorCode = keyof typeof ERRORS

/** A payment that failed for a reason that the caller can understand. */
export class PaymentError extends Error {
  readonly code: PaymentErrorCode
  readonly status: number
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: PaymentErrorCode, details: Record<string, unknown> = {}) {
    super(ERRORS[code].sentence)
    this.name = 'PaymentError'
    this.code = code
    this.status = ERRORS[code].status
    this.details = details
  }

  /** The response body. */
  toJSON(): Record<string, unknown> {
    return { error: this.code, message: this.message, ...this.details }
  }
}
