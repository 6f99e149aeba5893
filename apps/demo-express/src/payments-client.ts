import { OrderError } from './errors.ts'
import { telemetry } from './telemetry.ts'

/** The calls to the payments service. */
export interface PaymentsClient {
  charge(charge: { orderId: string; amountCents: number; card: string }): Promise<{ id: string }>
  refund(paymentId: string): Promise<void>
  /** Calls off the payment of an order: a charge is refunded, and later charges are refused. */
  callOff(orderId: string): Promise<void>
}

/** The address of payments. */
export interface PaymentsAddress {
  readonly url: string
  /** Response timeout in milliseconds. */
  readonly timeoutMs?: number
}

/** Timeout of calls that involve no bank, in milliseconds. */
const PROMPT_MS = 1_000

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** The payments service over HTTP. */
export function createPaymentsClient({ url, timeoutMs = 1_500 }: PaymentsAddress): PaymentsClient {
  async function post(path: string, body: unknown, withinMs: number): Promise<Answer> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: telemetry.context.inject({ 'content-type': 'application/json' }),
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(withinMs),
    })
    // A response without JSON does not come from our payments service. Its status is enough.
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
    return { status: response.status, body: answer }
  }

  /** Each call logs one line, with or without a response. */
  async function call(path: string, body: unknown, withinMs = timeoutMs): Promise<Answer> {
    const startedAt = performance.now()
    const line = () => ({ upstream: 'payments', duration_ms: Math.round(performance.now() - startedAt) })
    try {
      const answer = await post(path, body, withinMs)
      telemetry.log.info({ ...line(), status: answer.status }, 'payments answered')
      return answer
    } catch (error) {
      const slow = error instanceof DOMException && error.name === 'TimeoutError'
      telemetry.log.warn(
        { ...line(), err: error },
        slow ? 'payments were too slow' : 'payments did not answer',
      )
      throw new OrderError(slow ? 'payment_slow' : 'payments_failed', {}, { cause: error })
    }
  }

  return {
    async charge(charge) {
      const { status, body } = await call('/payments', charge)
      if (status === 402) throw new OrderError('card_declined', { reason: body.reason })
      if (status !== 201) throw new OrderError('payments_failed')
      return { id: String(body.id) }
    },
    async refund(paymentId) {
      const { status, body } = await call(`/payments/${encodeURIComponent(paymentId)}/refunds`, {})
      // A retry of an interrupted refund finds it done.
      if (status !== 201 && body.error !== 'already_refunded') throw new OrderError('payments_failed')
    },
    async callOff(orderId) {
      const { status } = await call('/payments/call-offs', { orderId }, Math.min(timeoutMs, PROMPT_MS))
      if (status !== 200) throw new OrderError('payments_failed')
    },
  }
}
