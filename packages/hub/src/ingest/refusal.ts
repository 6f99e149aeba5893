/** Statuses of requests that are not stored. The client repeats 429 and 503, and no other one. */
export type RefusalStatus = 400 | 413 | 429 | 500 | 503

/** Why a request was not stored. Label `reason` of `hub_refused_requests_total`. */
export type RefusalReason =
  | 'undecodable'
  | 'too_large'
  | 'client_overload'
  | 'overload'
  | 'disk_full'
  | 'disk_error'
  | 'thread_failed'
  | 'closing'
  | 'internal'

/** A refusal as plain data, as a thread sends it. */
export interface PlainRefusal {
  readonly status: RefusalStatus
  readonly reason: RefusalReason
  /** One sentence for the client. */
  readonly message: string
  /** Seconds after which the client may try again. Of 429 and 503. */
  readonly retryAfter?: number | undefined
}

/** A request that was not stored. */
export class Refusal extends Error implements PlainRefusal {
  override readonly name = 'Refusal'
  readonly status: RefusalStatus
  readonly reason: RefusalReason
  readonly retryAfter: number | undefined

  constructor({ status, reason, message, retryAfter }: PlainRefusal) {
    super(message)
    this.status = status
    this.reason = reason
    this.retryAfter = retryAfter
  }

  /** As plain data: an error loses its properties between threads. */
  get plain(): PlainRefusal {
    const { status, reason, message, retryAfter } = this
    return { status, reason, message, retryAfter }
  }
}
