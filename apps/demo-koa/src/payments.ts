import type { BankRequest, CardNetwork } from './card-network.ts'
import { PaymentError } from './errors.ts'
import type { Ledger, Payment } from './ledger.ts'
import type { Cache } from './storage/cache.ts'
import { captured, charges, declines, refunded, telemetry } from './telemetry.ts'

/** Charges and refunds orders. */
export interface Payments {
  /** Charges an order once. Takes nothing if `signal` aborts before the bank has answered. */
  capture(request: BankRequest, signal: AbortSignal): Promise<Payment>
  /** Refunds a payment in full. */
  refund(paymentId: string): Promise<Payment>
  /**
   * Ensures that nothing is taken for an order, whatever the state of its charge: it is refused, ends without
   * money, or is refunded. For callers whose request timed out without a result. May be repeated.
   */
  callOff(orderId: string): Promise<Payment>
  find(paymentId: string): Promise<Payment>
}

/** The dependencies of payments. */
export interface PaymentsSetup {
  readonly ledger: Ledger
  readonly network: CardNetwork
  readonly cache: Cache
}

/** Cache time of a payment, in seconds. */
const REMEMBERED_S = 30

/** The rules of payments. */
export function createPayments({ ledger, network, cache }: PaymentsSetup): Payments {
  /** The bank's answer, unless the caller disconnects before it. */
  async function askBank(request: BankRequest, signal: AbortSignal) {
    try {
      return await telemetry.time('bank_answer', () => network.charge(request, signal))
    } catch (error) {
      if (!signal.aborted) throw error
      charges.inc({ result: 'abandoned' })
      telemetry.log.warn(
        { order_id: request.orderId },
        'charge abandoned: the bank was slower than our caller is patient',
      )
      throw new PaymentError('caller_left')
    }
  }

  /** Charges a pending payment. Throws if the bank declines. */
  async function takeMoney(request: BankRequest, signal: AbortSignal): Promise<void> {
    const verdict = await askBank(request, signal)
    if (verdict.approved) return
    const { reason } = verdict
    charges.inc({ result: 'declined' })
    declines.inc({ reason })
    telemetry.log.info({ order_id: request.orderId, reason }, 'card declined')
    throw new PaymentError('card_declined', { reason })
  }

  /** Refunds a payment that the ledger already has as refunded. A second caller sees it as refunded. */
  async function giveBack({ id, orderId, amountCents }: Payment): Promise<void> {
    await network.giveBack(orderId)
    await cache.forget(id)
    refunded.inc(amountCents / 100)
    telemetry.log.info({ payment_id: id, amount_cents: amountCents }, 'payment refunded')
  }

  return {
    async find(paymentId) {
      const payment = await cache.remembered(paymentId, REMEMBERED_S, () => ledger.find(paymentId))
      if (!payment) throw new PaymentError('payment_unknown')
      return payment
    },

    async capture(request, signal) {
      const { orderId, amountCents } = request
      const pending = await ledger.begin(orderId, amountCents)
      if (!pending) {
        const isCalledOff = (await ledger.findByOrder(orderId))?.status === 'called_off'
        throw new PaymentError(isCalledOff ? 'called_off' : 'already_paid')
      }

      try {
        await takeMoney(request, signal)
      } catch (error) {
        await ledger.drop(pending.id)
        throw error
      }

      const payment = await ledger.capture(pending.id)
      await cache.forget(pending.id)
      if (!payment) {
        await network.giveBack(orderId)
        charges.inc({ result: 'called_off' })
        telemetry.log.warn({ order_id: orderId }, 'charge called off while the bank was asked')
        throw new PaymentError('called_off')
      }
      charges.inc({ result: 'captured' })
      captured.inc(amountCents / 100)
      telemetry.log.info(
        { order_id: orderId, payment_id: payment.id, amount_cents: amountCents },
        'payment captured',
      )
      return payment
    },

    async refund(paymentId) {
      const payment = await ledger.refund(paymentId)
      if (!payment) {
        const isKnown = await ledger.find(paymentId)
        throw new PaymentError(isKnown ? 'already_refunded' : 'payment_unknown')
      }
      await giveBack(payment)
      return payment
    },

    async callOff(orderId) {
      // From here on the payment is not pending, so no request can capture it.
      await ledger.callOff(orderId)
      const known = await ledger.findByOrder(orderId)
      if (!known) throw new Error('the order that was called off is not in the ledger')
      const payment = known.status === 'captured' ? await ledger.refund(known.id) : undefined
      if (payment) await giveBack(payment)
      else await cache.forget(known.id)
      telemetry.log.info({ order_id: orderId }, 'order called off')
      return payment ?? known
    },
  }
}
