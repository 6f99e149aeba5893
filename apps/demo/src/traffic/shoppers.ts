import { between, happens, oneOf } from './chance.ts'
import type { Visit, Visitor } from './visit.ts'

/** The purpose of a shopper's visit. */
export interface Errand {
  /** The shopper's card: see the cards of the payments' sandbox. */
  readonly card: string
  readonly coupon?: string
  /** A particular product and quantity; otherwise a random product. */
  readonly wish?: { readonly sku: string; readonly quantity: number }
  /** Milliseconds after which the shopper abandons the checkout. */
  readonly patienceMs?: number
}

const CATEGORIES = ['coffee', 'tea', 'brewers', 'kettles', 'grinders', 'cups', 'supplies'] as const
const SEARCHES = ['kettle', 'coffee', 'cup', 'ethiopia', 'filter', 'matcha', 'oat milk', 'espresso'] as const

/** Views products, and buys nothing. */
export const browse: Visitor = async (visit) => {
  for (let pages = between(1, 4); pages > 0; pages--) await lookAround(visit)
}

/** Views a product, fills a cart, and checks out. */
export function buy(errand: Errand): Visitor {
  return async (visit) => {
    const { browser, think } = visit
    const seen = await lookAround(visit)
    const cart = (await browser.ask('POST', '/carts'))?.body as { id?: string } | undefined
    if (cart?.id === undefined) return

    const { sku, quantity } = errand.wish ?? { sku: seen ?? 'house-blend', quantity: between(1, 3) }
    await think(60, 400)
    await browser.ask('PUT', `/carts/${cart.id}/items/${sku}`, { body: { quantity } })
    if (happens(0.4))
      await browser.ask('PUT', `/carts/${cart.id}/items/paper-filters`, { body: { quantity: 1 } })
    await browser.ask('GET', `/carts/${cart.id}`)
    await think(60, 500)
    await pay(visit, cart.id, errand)
  }
}

/** Views a list or a search result, and a product in it. Returns the last product. */
async function lookAround({ browser, think }: Visit): Promise<string | undefined> {
  const path = happens(0.3)
    ? `/search?q=${encodeURIComponent(oneOf(SEARCHES))}`
    : `/products${happens(0.6) ? `?category=${oneOf(CATEGORIES)}` : ''}`
  const list = (await browser.ask('GET', path))?.body as { products?: Array<{ sku: string }> } | undefined
  const products = list?.products ?? []
  let seen: string | undefined
  for (let looks = Math.min(products.length, between(1, 3)); looks > 0; looks--) {
    await think(40, 400)
    seen = products[between(0, products.length - 1)]?.sku
    if (seen !== undefined) await browser.ask('GET', `/products/${seen}`)
  }
  return seen
}

/** Pays. After a declined card, some shoppers use another one. Some cancel afterwards. */
async function pay({ browser, tally, think }: Visit, cartId: string, errand: Errand): Promise<void> {
  const { coupon, patienceMs } = errand
  const customerId = `customer-${between(1, 5_000)}`
  for (let { card } = errand, tries = 2; tries > 0; card = 'card_visa', tries--) {
    const body = { customerId, card, ...(coupon !== undefined && { coupon }) }
    const answer = await browser.ask('POST', `/carts/${cartId}/checkout`, {
      body,
      ...(patienceMs !== undefined && { patienceMs }),
    })
    const { id, error } = Object(answer?.body) as { id?: string; error?: string }
    tally.checkedOut(answer === undefined ? 'left' : (error ?? 'paid'))
    if (id !== undefined) return lookAtOrders(browser, think, customerId, id)
    if (error !== 'card_declined' || happens(0.4)) return
    await think(100, 600)
  }
}

async function lookAtOrders(
  browser: Visit['browser'],
  think: Visit['think'],
  customerId: string,
  orderId: string,
): Promise<void> {
  if (happens(0.5)) return
  await think(60, 400)
  await browser.ask('GET', `/customers/${customerId}/orders`)
  if (happens(0.9)) return
  await think(100, 600)
  await browser.ask('POST', `/customers/${customerId}/orders/${orderId}/cancellation`)
}
