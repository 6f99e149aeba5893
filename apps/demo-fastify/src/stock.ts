import type { DatabaseSync } from 'node:sqlite'

import { ShopError } from './errors.ts'
import { allOrNothing } from './store.ts'
import { inventory, telemetry } from './telemetry.ts'

/** How many of one product. */
export interface Quantity {
  readonly sku: string
  readonly quantity: number
}

interface Level {
  readonly sku: string
  readonly stock: number
}

/** What is on the shelves. */
export interface Stock {
  /** Takes all of it off the shelves, or nothing. */
  reserve(items: readonly Quantity[]): void
  /** Puts it back. */
  release(items: readonly Quantity[]): void
  /** Fills the shelves again that are less than half full. */
  deliver(): void
}

/** The stock in a database. */
export function createStock(store: DatabaseSync): Stock {
  const take = store.prepare(
    'update products set stock = stock - ?2 where sku = ?1 and stock >= ?2 returning sku, stock',
  )
  const putBack = store.prepare('update products set stock = stock + ?2 where sku = ?1 returning sku, stock')
  const fill = store.prepare('update products set stock = shelf where stock * 2 < shelf returning sku, stock')

  // The rows have the columns that the statements return.
  function report(rows: readonly unknown[]): void {
    for (const { sku, stock } of rows as Level[]) inventory.set({ sku }, stock)
  }

  report(store.prepare('select sku, stock from products').all())

  return {
    reserve(items) {
      const levels = allOrNothing(store, () =>
        items.map(({ sku, quantity }) => {
          const level = take.get(sku, quantity)
          if (!level) throw new ShopError('out_of_stock', { sku })
          return level
        }),
      )
      report(levels)
    },

    release(items) {
      report(items.flatMap<unknown>(({ sku, quantity }) => putBack.get(sku, quantity) ?? []))
    },

    deliver() {
      const filled = fill.all()
      report(filled)
      if (filled.length > 0) telemetry.log.info({ products: filled.length }, 'delivery put on the shelves')
    },
  }
}
