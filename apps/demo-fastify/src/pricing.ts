import type { Coupon } from './assortment.ts'
import { ShopError } from './errors.ts'
import type { Database } from './storage/database.ts'

/** What a cart costs, all in cents. */
interface Price {
  readonly subtotalCents: number
  readonly discountCents: number
  readonly shippingCents: number
  readonly totalCents: number
}

/** Finds the price of what is in a cart. */
export type Pricing = (subtotalCents: number, couponCode?: string) => Promise<Price>

const SHIPPING_CENTS = 490
const FREE_SHIPPING_FROM_CENTS = 6_000

/** How many cents each kind of coupon takes off. */
const DISCOUNTS: Record<
  Coupon['kind'],
  (value: number, subtotalCents: number, shippingCents: number) => number
> = {
  percent: (value, subtotalCents) => Math.round((subtotalCents * value) / 100),
  amount: (value, subtotalCents) => Math.min(value, subtotalCents),
  shipping: (_value, _subtotalCents, shippingCents) => shippingCents,
}

/** The shop's prices, with the coupons in its database. */
export function createPricing({ query }: Database): Pricing {
  async function couponOf(code: string): Promise<Coupon> {
    // The columns are named after the members of Coupon.
    const [coupon] = await query<Coupon>('select code, kind, value from coupons where code = $1', [code])
    if (!coupon) throw new ShopError('coupon_unknown', { coupon: code })
    return coupon
  }

  return async function priceOf(subtotalCents, couponCode) {
    const shippingCents = subtotalCents >= FREE_SHIPPING_FROM_CENTS ? 0 : SHIPPING_CENTS
    let discountCents = 0
    if (couponCode !== undefined) {
      const { kind, value } = await couponOf(couponCode)
      discountCents = DISCOUNTS[kind](value, subtotalCents, shippingCents)
    }
    const totalCents = subtotalCents + shippingCents - discountCents
    return { subtotalCents, discountCents, shippingCents, totalCents }
  }
}
