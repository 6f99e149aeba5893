import { type Carts, createCarts } from './carts.ts'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import { type Checkout, createCheckout } from './checkout.ts'
import type { OrdersClient } from './orders-client.ts'
import { createPricing } from './pricing.ts'
import { stockUp } from './schema.ts'
import { createStock, type Stock } from './stock.ts'
import type { Cache } from './storage/cache.ts'
import type { Database } from './storage/database.ts'
import { Visitors } from './visitors.ts'

/** The domain objects of the shop. */
export interface Shop {
  readonly catalogue: Catalogue
  readonly carts: Carts
  readonly stock: Stock
  readonly checkout: Checkout
  readonly orders: OrdersClient
  readonly visitors: Visitors
}

/** The dependencies of the shop. */
export interface ShopSetup {
  readonly database: Database
  readonly cache: Cache
  readonly orders: OrdersClient
}

/** Creates the shop. An empty one gets the initial products. */
export async function openShop({ database, cache, orders }: ShopSetup): Promise<Shop> {
  await stockUp(database)
  const carts = createCarts(database)
  const stock = createStock(database)
  await stock.count()
  return {
    catalogue: createCatalogue(database, cache),
    carts,
    stock,
    checkout: createCheckout({ carts, stock, orders, priceOf: createPricing(database) }),
    orders,
    visitors: new Visitors(),
  }
}
