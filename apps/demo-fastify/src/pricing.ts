import type { Coupon } from './assortment.ts'
import { ShopError } from './errors.ts'
import type { Database } from './storage/database.ts'

/** The price of a cart, in cents. */
interface Price {
  readonly subtotalCents: number
  readonly discountCents: number
  readonly shippingCents: number
  readonly totalCents: number
}

/** Calculates the price of a cart. */
export type Pricing = (subtotalCents: number, couponCode?: string) => Promise<Price>

const SHIPPING_CENTS = 490
const FREE_SHIPPING_FROM_CENTS = 6_000

/** The discount of each kind of coupon, in cents. */
const DISCOUNTS: Record<
  Coupon['kind'],
  (value: number, subtotalCents: number, shippingCents: number) => number
> = {
  percent: (value, subtotalCents) => Math.round((subtotalCents * value) / 100),
  amount: (value, subtotalCents) => Math.min(value, subtotalCents),
  shipping: (_value, _subtotalCents, shippingCents) => shippingCents,
}

/** The pricing, with the coupons of its database. */
export function createPricing({ query }: Database): Pricing {
  async function couponOf(code: string): Promise<Coupon> {
    // Columns have the names of Coupon's members.
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
