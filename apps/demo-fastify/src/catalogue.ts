import { ShopError } from './errors.ts'
import type { Cache } from './storage/cache.ts'
import type { Database } from './storage/database.ts'
import { searchMisses, telemetry } from './telemetry.ts'

/** A product for sale. */
export interface Product {
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly priceCents: number
  readonly stock: number
}

/** The products for sale. Lists may be a few seconds old; a single product is current. */
export interface Catalogue {
  /** A page of products, of one category or of all. Pages start at 1. */
  list(category: string | null, page: number): Promise<Product[]>
  find(sku: string): Promise<Product>
  /** Products whose name or category contains the text. */
  search(text: string): Promise<Product[]>
}

const PAGE = 12
const COLUMNS = 'sku, name, category, price_cents as "priceCents", stock'
/** Cache time of a list, in seconds. */
const LIST_S = 5

/** The catalogue in a database, with its lists in a cache. */
export function createCatalogue({ query }: Database, cache: Cache): Catalogue {
  // Columns have the names of Product's members.
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
