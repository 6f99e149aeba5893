import type { Product } from './catalogue.ts'

/** The initial products: sku, name, category, price in cents, items in stock. */
const ASSORTMENT: ReadonlyArray<readonly [string, string, string, number, number]> = [
  ['house-blend', 'House blend, 500 g', 'coffee', 1_190, 240],
  ['ethiopia-guji', 'Ethiopia Guji, 250 g', 'coffee', 1_290, 120],
  ['colombia-huila', 'Colombia Huila, 250 g', 'coffee', 1_190, 120],
  ['decaf-mexico', 'Decaf from Mexico, 250 g', 'coffee', 1_140, 60],
  ['geisha-first-lot', 'Geisha, first lot of the year, 100 g', 'coffee', 3_900, 12],
  ['sencha', 'Sencha from Shizuoka, 100 g', 'tea', 1_450, 80],
  ['earl-grey', 'Earl Grey, 100 g', 'tea', 890, 90],
  ['rooibos', 'Rooibos, 200 g', 'tea', 790, 90],
  ['moka-pot', 'Moka pot for three', 'brewers', 3_490, 40],
  ['french-press', 'French press, 1 l', 'brewers', 4_290, 35],
  ['pour-over', 'Pour-over dripper', 'brewers', 2_290, 70],
  ['siphon', 'Siphon for two', 'brewers', 11_900, 8],
  ['gooseneck-kettle', 'Gooseneck kettle', 'kettles', 6_490, 25],
  ['travel-kettle', 'Travel kettle', 'kettles', 3_190, 30],
  ['hand-grinder', 'Hand grinder', 'grinders', 8_900, 20],
  ['electric-grinder', 'Electric grinder', 'grinders', 24_900, 10],
  ['espresso-cup', 'Espresso cup', 'cups', 990, 150],
  ['anniversary-mug', 'Anniversary mug, limited', 'cups', 1_900, 15],
  ['paper-filters', 'Paper filters, 100', 'supplies', 590, 300],
  ['descaler', 'Descaler', 'supplies', 790, 100],
]

/** Limited products, without further deliveries. */
const LIMITED = new Set(['geisha-first-lot', 'anniversary-mug'])

/** A product with its initial stock. */
export interface Novelty extends Product {
  /** Maximum stock after a delivery. */
  readonly shelf: number
}

/** The initial products. */
export function assortment(): Novelty[] {
  return ASSORTMENT.map(([sku, name, category, priceCents, stock]) => ({
    sku,
    name,
    category,
    priceCents,
    stock,
    shelf: LIMITED.has(sku) ? 0 : stock,
  }))
}

/** A coupon. */
export interface Coupon {
  readonly code: string
  readonly kind: 'percent' | 'amount' | 'shipping'
  /** Percent, or cents. */
  readonly value: number
}

/** The issued coupons, as table rows. */
export const COUPONS: ReadonlyArray<readonly [code: string, kind: string, value: number]> = [
  ['WELCOME10', 'percent', 10],
  ['FIVEROFF', 'amount', 500],
  ['FREESHIP', 'shipping', 0],
  // Issued before the code supports it: the pricing does not know this kind. The shop's one real bug.
  ['TWOFORONE', 'bundle', 0],
]
