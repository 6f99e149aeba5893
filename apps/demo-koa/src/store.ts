import { DatabaseSync } from 'node:sqlite'

/**
 * Opens the payments' database, and makes its tables where there are none.
 *
 * @param path of the database file; without one, the data lives as long as the process
 */
export function openStore(path = ':memory:'): DatabaseSync {
  const store = new DatabaseSync(path)
  store.exec(`
    create table if not exists payments (
      id text primary key,
      order_id text not null unique,
      amount_cents integer not null,
      status text not null,
      captured_at text not null
    ) strict
  `)
  return store
}
