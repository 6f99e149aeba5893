import type { CardNetwork } from './card-network.ts'
import { PaymentError } from './errors.ts'
import type { Ledger, Payment } from './ledger.ts'
import { captured, charges, declines, refunded, telemetry } from './telemetry.ts'

/** What is to be paid, and with which card. */
export interface Charge {
  readonly orderId: string
  readonly amountCents: number
  readonly card: string
}

/** Takes money, and gives it back. */
export interface Payments {
  /** Takes the money for an order, once. Takes nothing where `signal` aborts before the bank has answered. */
  capture(charge: Charge, signal: AbortSignal): Promise<Payment>
  /** Gives back all that a payment took. */
  refund(paymentId: string): Payment
  find(paymentId: string): Payment
}

/** The rules of payments. */
export function createPayments(ledger: Ledger, network: CardNetwork): Payments {
  function find(paymentId: string): Payment {
    const payment = ledger.find(paymentId)
    if (!payment) throw new PaymentError('payment_unknown')
    return payment
  }

  /** The bank's word, unless the caller leaves before it is spoken. */
  async function askBank({ orderId, amountCents, card }: Charge, signal: AbortSignal) {
    try {
      return await telemetry.time('bank_answer', () => network.charge(card, amountCents, signal))
    } catch (error) {
      if (!signal.aborted) throw error
      charges.inc({ outcome: 'abandoned' })
      telemetry.log.warn(
        { order_id: orderId },
        'charge abandoned: the bank was slower than our caller is patient',
      )
      throw new PaymentError('caller_left')
    }
  }

  return {
    find,

    async capture(charge, signal) {
      const { orderId, amountCents } = charge
      if (ledger.findByOrder(orderId)) throw new PaymentError('already_paid')

      const verdict = await askBank(charge, signal)
      if (!verdict.approved) {
        charges.inc({ outcome: 'declined' })
        declines.inc({ reason: verdict.reason })
        telemetry.log.info({ order_id: orderId, reason: verdict.reason }, 'card declined')
        throw new PaymentError('card_declined', { reason: verdict.reason })
      }

      const payment = ledger.record(orderId, amountCents)
      charges.inc({ outcome: 'captured' })
      captured.inc(amountCents / 100)
      telemetry.log.info(
        { order_id: orderId, payment_id: payment.id, amount_cents: amountCents },
        'payment captured',
      )
      return payment
    },

    refund(paymentId) {
      const payment = find(paymentId)
      if (payment.status === 'refunded') throw new PaymentError('already_refunded')
      ledger.markRefunded(paymentId)
      refunded.inc(payment.amountCents / 100)
      telemetry.log.info({ payment_id: paymentId, amount_cents: payment.amountCents }, 'payment refunded')
      return { ...payment, status: 'refunded' }
    },
  }
}
