import { between, happens, oneOf } from './chance.ts'
import { browse, buy, type Errand } from './shoppers.ts'
import { clickAway, scan } from './strangers.ts'
import type { Visitor } from './visit.ts'

/** A kind of visitor, and its clients. */
interface Kind {
  /** Percentage of all visitors. */
  readonly share: number
  readonly userAgents: readonly [string, ...string[]]
  visitor(): Visitor
}

/** A visitor. */
export interface Person {
  readonly userAgent: string
  readonly visit: Visitor
}

const BROWSERS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
  'Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
] as const
const SCANNERS = ['Mozilla/5.0 zgrab/0.x', 'python-requests/2.32', 'Go-http-client/1.1'] as const

const KINDS: readonly [Kind, ...Kind[]] = [
  { share: 52, userAgents: BROWSERS, visitor: () => browse },
  { share: 34, userAgents: BROWSERS, visitor: () => buy(someErrand()) },
  { share: 8, userAgents: BROWSERS, visitor: () => clickAway },
  { share: 6, userAgents: SCANNERS, visitor: () => scan },
]

/** One of each kind, so that even the shortest day has all of them. */
const FIRST: ReadonlyArray<readonly [Kind['userAgents'], Visitor]> = [
  [BROWSERS, buy({ card: 'card_visa' })],
  [BROWSERS, buy({ card: 'card_no_funds' })],
  [BROWSERS, buy({ card: 'card_slow' })],
  [BROWSERS, buy({ card: 'card_visa', patienceMs: 15 })],
  [BROWSERS, buy({ card: 'card_visa', coupon: 'TWOFORONE' })],
  [BROWSERS, buy({ card: 'card_visa', wish: { sku: 'siphon', quantity: 50 } })],
  [BROWSERS, clickAway],
  [BROWSERS, browse],
  [SCANNERS, scan],
]

/** The first visitors of the day. */
export function firstPeople(): Person[] {
  return FIRST.map(([userAgents, visit]) => ({ userAgent: oneOf(userAgents), visit }))
}

/** A random visitor. */
export function somebody(): Person {
  let rest = Math.random() * 100
  const { userAgents, visitor } = KINDS.find(({ share }) => (rest -= share) < 0) ?? KINDS[0]
  return { userAgent: oneOf(userAgents), visit: visitor() }
}

function someErrand(): Errand {
  return {
    card: someCard(),
    ...someCoupon(),
    ...(happens(0.1) && {
      wish: { sku: oneOf(['anniversary-mug', 'geisha-first-lot']), quantity: between(1, 2) },
    }),
    ...(happens(0.06) && { patienceMs: between(5, 60) }),
  }
}

function someCard(): string {
  if (happens(0.1)) return oneOf(['card_no_funds', 'card_expired', 'card_stolen'])
  return happens(0.04) ? 'card_slow' : oneOf(['card_visa', 'card_mastercard'])
}

function someCoupon(): { coupon?: string } {
  if (happens(0.02)) return { coupon: 'TWOFORONE' }
  return happens(0.2) ? { coupon: oneOf(['WELCOME10', 'FIVEROFF', 'FREESHIP', 'SUMMER20']) } : {}
}
