import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

import { ShopError } from './errors.ts'

/** One product in a cart. */
interface CartLine {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  readonly priceCents: number
}

/** `paying` while a checkout is under way, `paid` after it. */
type CartState = 'open' | 'paying' | 'paid'

/** What a visitor is about to buy. */
interface Cart {
  readonly id: string
  readonly state: CartState
  readonly lines: readonly CartLine[]
  readonly subtotalCents: number
}

/** The carts that stand in the shop. */
export interface Carts {
  open(): Cart
  find(cartId: string): Cart
  /** Puts so many of a product into a cart, whatever there were before; 0 takes it out. */
  put(cartId: string, sku: string, quantity: number): Cart
  /** Takes an open cart to the till: from now on nobody else can change or pay it. */
  beginPaying(cartId: string): Cart
  /** Leaves the till, with the cart paid or open again. */
  endPaying(cartId: string, state: 'open' | 'paid'): void
}

/** The carts in a database. */
export function createCarts(store: DatabaseSync): Carts {
  const insert = store.prepare(`insert into carts values (?, 'open')`)
  const state = store.prepare('select state from carts where id = ?')
  const lines = store.prepare(
    `select sku, name, quantity, price_cents as priceCents
     from cart_items join products using (sku) where cart_id = ? order by name`,
  )
  const put = store.prepare(
    'insert into cart_items values (?1, ?2, ?3) on conflict do update set quantity = ?3',
  )
  const takeOut = store.prepare('delete from cart_items where cart_id = ? and sku = ?')
  const change = store.prepare('update carts set state = ?2 where id = ?1')

  function find(cartId: string): Cart {
    const row = state.get(cartId)
    if (!row) throw new ShopError('cart_unknown')
    // The columns are named after the members of CartLine, and only our own states are ever written.
    const content = lines.all(cartId) as unknown as CartLine[]
    const subtotalCents = content.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0)
    return { id: cartId, state: row.state as CartState, lines: content, subtotalCents }
  }

  function findOpen(cartId: string): Cart {
    const cart = find(cartId)
    if (cart.state !== 'open') throw new ShopError('cart_closed')
    return cart
  }

  return {
    find,

    open() {
      const id = randomUUID()
      insert.run(id)
      return { id, state: 'open', lines: [], subtotalCents: 0 }
    },

    put(cartId, sku, quantity) {
      findOpen(cartId)
      if (quantity === 0) takeOut.run(cartId, sku)
      else put.run(cartId, sku, quantity)
      return find(cartId)
    },

    beginPaying(cartId) {
      const cart = findOpen(cartId)
      if (cart.lines.length === 0) throw new ShopError('cart_empty')
      change.run(cartId, 'paying')
      return cart
    },

    endPaying: (cartId, end) => void change.run(cartId, end),
  }
}
