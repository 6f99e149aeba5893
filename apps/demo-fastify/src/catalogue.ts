import { ShopError } from './errors.ts'
import type { Cache } from './storage/cache.ts'
import type { Database } from './storage/database.ts'
import { searchMisses, telemetry } from './telemetry.ts'

/** Something to buy. */
export interface Product {
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly priceCents: number
  readonly stock: number
}

/** What there is to buy. Lists are a few seconds old; a single product is as it is now. */
export interface Catalogue {
  /** A page of products, of one category or of all. Pages begin at 1. */
  list(category: string | null, page: number): Promise<Product[]>
  find(sku: string): Promise<Product>
  /** Products whose name or category has the text in it. */
  search(text: string): Promise<Product[]>
}

const PAGE = 12
const COLUMNS = 'sku, name, category, price_cents as "priceCents", stock'
/** How old a list may be, in seconds. */
const LIST_S = 5

/** The catalogue in a database, with its lists in a cache. */
export function createCatalogue({ query }: Database, cache: Cache): Catalogue {
  // The columns are named after the members of Product.
  return {
    list: (category, page) =>
      cache.remembered(`list:${page}:${category ?? ''}`, LIST_S, () =>
        query<Product>(
          `select ${COLUMNS} from products where category = coalesce($1, category)
           order by name limit ${PAGE} offset $2`,
          [category, (page - 1) * PAGE],
        ),
      ),

    async find(sku) {
      const [product] = await query<Product>(`select ${COLUMNS} from products where sku = $1`, [sku])
      if (!product) throw new ShopError('product_unknown', { sku })
      return product
    },

    async search(text) {
      const wanted = text.trim().toLowerCase()
      const hits = await cache.remembered(`search:${wanted}`, LIST_S, () =>
        query<Product>(
          `select ${COLUMNS} from products where lower(name || ' ' || category) like $1 escape '\\'
           order by name limit 50`,
          [`%${wanted.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`],
        ),
      )
      if (hits.length === 0) {
        searchMisses.inc()
        telemetry.log.info({ text }, 'searched for what we do not sell')
      }
      return hits
    },
  }
}
