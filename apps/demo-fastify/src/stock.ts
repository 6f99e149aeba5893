import { ShopError } from './errors.ts'
import type { Database } from './storage/database.ts'
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
  /** Tells how much there is of everything. */
  count(): Promise<void>
  /** Takes all of it off the shelves, or nothing. */
  reserve(items: readonly Quantity[]): Promise<void>
  /** Puts it back. */
  release(items: readonly Quantity[]): Promise<void>
  /** Fills the shelves again that are less than half full. */
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

/** Two who want the same products take them in the same order, so that neither waits for the other for ever. */
function inOrder(items: readonly Quantity[]): Quantity[] {
  return items.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
}
