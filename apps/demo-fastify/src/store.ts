import { DatabaseSync } from 'node:sqlite'

import { assortment, COUPONS } from './assortment.ts'

const TABLES = `
  create table if not exists products (
    sku text primary key,
    name text not null,
    category text not null,
    price_cents integer not null,
    stock integer not null check (stock >= 0),
    shelf integer not null
  ) strict;
  create table if not exists coupons (
    code text primary key,
    kind text not null,
    value integer not null
  ) strict;
  create table if not exists carts (
    id text primary key,
    state text not null
  ) strict;
  create table if not exists cart_items (
    cart_id text not null references carts (id),
    sku text not null references products (sku),
    quantity integer not null,
    primary key (cart_id, sku)
  ) strict
`

/**
 * Opens the shop's database; where there is none, makes one with the assortment in it.
 *
 * @param path of the database file; without one, the data lives as long as the process
 */
export function openStore(path = ':memory:'): DatabaseSync {
  const store = new DatabaseSync(path)
  store.exec(TABLES)
  const product = store.prepare('insert or ignore into products values (?, ?, ?, ?, ?, ?)')
  const coupon = store.prepare('insert or ignore into coupons values (?, ?, ?)')
  allOrNothing(store, () => {
    for (const { sku, name, category, priceCents, stock, shelf } of assortment()) {
      product.run(sku, name, category, priceCents, stock, shelf)
    }
    for (const row of COUPONS) coupon.run(...row)
  })
  return store
}

/** Runs `work` as one transaction: when it throws, nothing of it has happened. */
export function allOrNothing<T>(store: DatabaseSync, work: () => T): T {
  store.exec('begin immediate')
  try {
    const result = work()
    store.exec('commit')
    return result
  } catch (error) {
    store.exec('rollback')
    throw error
  }
}
