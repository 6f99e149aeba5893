import type { DatabaseSync } from 'node:sqlite'

import { type Carts, createCarts } from './carts.ts'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import { type Checkout, createCheckout } from './checkout.ts'
import type { OrdersClient } from './orders-client.ts'
import { createPricing } from './pricing.ts'
import { createStock, type Stock } from './stock.ts'
import { Visitors } from './visitors.ts'

/** The shop behind the storefront. */
export interface Shop {
  readonly catalogue: Catalogue
  readonly carts: Carts
  readonly stock: Stock
  readonly checkout: Checkout
  readonly orders: OrdersClient
  readonly visitors: Visitors
}

/** Puts the shop together. */
export function createShop(store: DatabaseSync, orders: OrdersClient): Shop {
  const carts = createCarts(store)
  const stock = createStock(store)
  return {
    catalogue: createCatalogue(store),
    carts,
    stock,
    checkout: createCheckout({ carts, stock, orders, priceOf: createPricing(store) }),
    orders,
    visitors: new Visitors(),
  }
}
