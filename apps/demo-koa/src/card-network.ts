import { setTimeout as delay } from 'node:timers/promises'

/** What the bank behind a card said to a charge. */
type Verdict = { readonly approved: true } | { readonly approved: false; readonly reason: string }

/** What a bank is asked for. */
export interface BankRequest {
  readonly orderId: string
  readonly amountCents: number
  readonly card: string
}

/** The way to the banks. */
export interface CardNetwork {
  /** Asks a card's bank for money. Rejects when `signal` aborts first: the bank then takes nothing. */
  charge(request: BankRequest, signal: AbortSignal): Promise<Verdict>
  /** Gives back what a bank has taken for an order. */
  giveBack(orderId: string): Promise<void>
}

/** How long the banks of the sandbox take, in milliseconds. */
export interface BankingHours {
  readonly usuallyMs?: number
  readonly slowMs?: number
}

/** What the sandbox's cards do, like the test cards of real providers. All others are good. */
const DECLINED: Record<string, string> = {
  card_expired: 'expired',
  card_no_funds: 'insufficient_funds',
  card_stolen: 'stolen',
}

/** The card whose bank takes its time. */
const SLOW_CARD = 'card_slow'

/** No bank gives out more than this at once. */
const LIMIT_CENTS = 500_000

/** A card network without real money: the card decides how its bank answers. */
export function createSandboxNetwork({ usuallyMs = 60, slowMs = 4_000 }: BankingHours = {}): CardNetwork {
  return {
    async charge({ card, amountCents }, signal) {
      // Half to one and a half times the usual: no bank answers to the millisecond.
      await delay(card === SLOW_CARD ? slowMs : usuallyMs * (0.5 + Math.random()), undefined, { signal })
      if (amountCents > LIMIT_CENTS) return { approved: false, reason: 'over_limit' }
      const reason = DECLINED[card]
      return reason === undefined ? { approved: true } : { approved: false, reason }
    },
    // It never had any.
    async giveBack() {},
  }
}
