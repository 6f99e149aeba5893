import { OrderError } from './errors.ts'
import { telemetry } from './telemetry.ts'

/** What orders ask of payments. */
export interface PaymentsClient {
  charge(charge: { orderId: string; amountCents: number; card: string }): Promise<{ id: string }>
  refund(paymentId: string): Promise<void>
  /** Has nothing taken for an order: what was taken is given back, and what is asked for it later is refused. */
  callOff(orderId: string): Promise<void>
}

/** Where payments are. */
export interface PaymentsAddress {
  readonly url: string
  /** After how many milliseconds an answer comes too late. */
  readonly timeoutMs?: number
}

/** Of a call that asks no bank, in milliseconds. */
const PROMPT_MS = 1_000

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** Payments, over HTTP. */
export function createPaymentsClient({ url, timeoutMs = 1_500 }: PaymentsAddress): PaymentsClient {
  async function post(path: string, body: unknown, withinMs: number): Promise<Answer> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: telemetry.context.inject({ 'content-type': 'application/json' }),
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(withinMs),
    })
    // What is no JSON comes from no payments service of ours; its status says enough.
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
    return { status: response.status, body: answer }
  }

  /** Each call leaves one line, whether it was answered or not. */
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
      // Whoever tries again what was interrupted finds it done.
      if (status !== 201 && body.error !== 'already_refunded') throw new OrderError('payments_failed')
    },
    async callOff(orderId) {
      const { status } = await call('/payments/call-offs', { orderId }, Math.min(timeoutMs, PROMPT_MS))
      if (status !== 200) throw new OrderError('payments_failed')
    },
  }
}
