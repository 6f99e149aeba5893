import { setTimeout as delay } from 'node:timers/promises'

/** A bank's answer to a charge. */
type Verdict = { readonly approved: true } | { readonly approved: false; readonly reason: string }

/** A charge request to a bank. */
export interface BankRequest {
  readonly orderId: string
  readonly amountCents: number
  readonly card: string
}

/** The connection to the banks. */
export interface CardNetwork {
  /** Charges a card. Rejects if `signal` aborts first: the bank then takes nothing. */
  charge(request: BankRequest, signal: AbortSignal): Promise<Verdict>
  /** Refunds the charge of an order. */
  giveBack(orderId: string): Promise<void>
}

/** Response times of the sandbox banks, in milliseconds. */
export interface BankingHours {
  readonly usuallyMs?: number
  readonly slowMs?: number
}

/** The declined test cards of the sandbox, like those of real providers. All others are accepted. */
const DECLINED: Record<string, string> = {
  card_expired: 'expired',
  card_no_funds: 'insufficient_funds',
  card_stolen: 'stolen',
}

/** The card with a slow bank. */
const SLOW_CARD = 'card_slow'

/** Maximum amount of a charge. */
const LIMIT_CENTS = 500_000

/** A card network without real money. The card determines the bank's answer. */
export function createSandboxNetwork({ usuallyMs = 60, slowMs = 4_000 }: BankingHours = {}): CardNetwork {
  return {
    async charge({ card, amountCents }, signal) {
      // 50 to 150 % of the usual time, for a realistic spread.
      await delay(card === SLOW_CARD ? slowMs : usuallyMs * (0.5 + Math.random()), undefined, { signal })
      if (amountCents > LIMIT_CENTS) return { approved: false, reason: 'over_limit' }
      const reason = DECLINED[card]
      return reason === undefined ? { approved: true } : { approved: false, reason }
    },
    // No money was taken.
    async giveBack() {},
  }
}
