import { DatabaseSync } from 'node:sqlite'

/**
 * Opens the orders' database, and makes its tables where there are none.
 *
 * @param path of the database file; without one, the data lives as long as the process
 */
export function openStore(path = ':memory:'): DatabaseSync {
  const store = new DatabaseSync(path)
  store.exec(`
    create table if not exists orders (
      id text primary key,
      customer_id text not null,
      items text not null,
      total_cents integer not null,
      status text not null,
      payment_id text,
      placed_at text not null
    ) strict;
    create index if not exists orders_of_customer on orders (customer_id, placed_at)
  `)
  return store
}
