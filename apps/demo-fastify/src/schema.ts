import { assortment, COUPONS } from './assortment.ts'
import type { Database } from './storage/database.ts'

export const SCHEMA = `
  create table if not exists products (
    sku text primary key,
    name text not null,
    category text not null,
    price_cents integer not null,
    stock integer not null check (stock >= 0),
    shelf integer not null
  );
  create table if not exists coupons (
    code text primary key,
    kind text not null,
    value integer not null
  );
  create table if not exists carts (
    id text primary key,
    state text not null
  );
  create table if not exists cart_items (
    cart_id text not null references carts (id),
    sku text not null references products (sku),
    quantity integer not null,
    primary key (cart_id, sku)
  )
`

/** Inserts the initial products. Existing ones stay unchanged. */
export async function stockUp(database: Database): Promise<void> {
  await database.transaction(async ({ query }) => {
    for (const { sku, name, category, priceCents, stock, shelf } of assortment()) {
      await query('insert into products values ($1, $2, $3, $4, $5, $6) on conflict do nothing', [
        sku,
        name,
        category,
        priceCents,
        stock,
        shelf,
      ])
    }
    for (const row of COUPONS)
      await query('insert into coupons values ($1, $2, $3) on conflict do nothing', row)
  })
}
