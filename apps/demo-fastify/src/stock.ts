import { ShopError } from './errors.ts'
import type { Database } from './storage/database.ts'
import { inventory, telemetry } from './telemetry.ts'

/** A quantity of one product. */
export interface Quantity {
  readonly sku: string
  readonly quantity: number
}

interface Level {
  readonly sku: string
  readonly stock: number
}

/** The stock of products. */
export interface Stock {
  /** Updates the stock metrics. */
  count(): Promise<void>
  /** Reserves all of the items or none. */
  reserve(items: readonly Quantity[]): Promise<void>
  /** Returns reserved items. */
  release(items: readonly Quantity[]): Promise<void>
  /** Refills products that are below half of their maximum. */
  deliver(): Promise<void>
}

/** The stock in a database. */
export function createStock(database: Database): Stock {
  function report(levels: readonly Level[]): void {
    for (const { sku, stock } of levels) inventory.set({ sku }, stock)
  }

  return {
    async count() {
      report(await database.query<Level>('select sku, stock from products'))
    },

    async reserve(items) {
      const levels = await database.transaction(async ({ query }) => {
        const taken: Level[] = []
        for (const { sku, quantity } of inOrder(items)) {
          const [level] = await query<Level>(
            'update products set stock = stock - $2 where sku = $1 and stock >= $2 returning sku, stock',
            [sku, quantity],
          )
          if (!level) throw new ShopError('out_of_stock', { sku })
          taken.push(level)
        }
        return taken
      })
      report(levels)
    },

    async release(items) {
      const levels = await database.transaction(async ({ query }) => {
        const back: Level[] = []
        for (const { sku, quantity } of inOrder(items)) {
          const change = 'update products set stock = stock + $2 where sku = $1 returning sku, stock'
          back.push(...(await query<Level>(change, [sku, quantity])))
        }
        return back
      })
      report(levels)
    },

    async deliver() {
      const change = 'update products set stock = shelf where stock * 2 < shelf returning sku, stock'
      const filled = await database.query<Level>(change)
      report(filled)
      if (filled.length > 0) telemetry.log.info({ products: filled.length }, 'delivery put on the shelves')
    },
  }
}

/** A common order prevents a deadlock of two requests for the same products. */
function inOrder(items: readonly Quantity[]): Quantity[] {
  return items.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
}
