import type { DatabaseSync } from 'node:sqlite'

import { ShopError } from './errors.ts'
import { searchMisses, telemetry } from './telemetry.ts'

/** Something to buy. */
export interface Product {
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly priceCents: number
  readonly stock: number
}

/** What there is to buy. */
export interface Catalogue {
  /** A page of products, of one category or of all. Pages begin at 1. */
  list(category: string | null, page: number): Product[]
  find(sku: string): Product
  /** Products whose name or category has the text in it. */
  search(text: string): Product[]
}

const PAGE = 12
const COLUMNS = 'sku, name, category, price_cents as priceCents, stock'

/** The catalogue in a database. */
export function createCatalogue(store: DatabaseSync): Catalogue {
  const page = store.prepare(
    `select ${COLUMNS} from products where ?1 is null or category = ?1 order by name limit ?2 offset ?3`,
  )
  const one = store.prepare(`select ${COLUMNS} from products where sku = ?`)
  const matching = store.prepare(
    `select ${COLUMNS} from products where instr(lower(name || ' ' || category), ?) > 0 order by name limit 50`,
  )

  // The columns are named after the members of Product.
  return {
    list: (category, number) => page.all(category, PAGE, (number - 1) * PAGE) as unknown as Product[],

    find(sku) {
      const product = one.get(sku) as Product | undefined
      if (!product) throw new ShopError('product_unknown', { sku })
      return product
    },

    search(text) {
      const hits = matching.all(text.trim().toLowerCase()) as unknown as Product[]
      if (hits.length === 0) {
        searchMisses.inc()
        telemetry.log.info({ text }, 'searched for what we do not sell')
      }
      return hits
    },
  }
}
