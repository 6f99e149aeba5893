import { randomUUID } from 'node:crypto'

import { ShopError } from './errors.ts'
import type { Database } from './storage/database.ts'

/** One product in a cart. */
interface CartLine {
  readonly sku: string
  readonly name: string
  readonly quantity: number
  readonly priceCents: number
}

/** `paying` during a checkout, `paid` after it. */
type CartState = 'open' | 'paying' | 'paid'

/** A visitor's cart. */
interface Cart {
  readonly id: string
  readonly state: CartState
  readonly lines: readonly CartLine[]
  readonly subtotalCents: number
}

/** The storage of carts. */
export interface Carts {
  open(): Promise<Cart>
  find(cartId: string): Promise<Cart>
  /** Sets the quantity of a product in a cart. 0 removes it. */
  put(cartId: string, sku: string, quantity: number): Promise<Cart>
  /** Locks an open cart for payment: no other request can change or pay it. */
  beginPaying(cartId: string): Promise<Cart>
  /** Unlocks the cart, paid or open again. */
  endPaying(cartId: string, state: 'open' | 'paid'): Promise<void>
}

/** The carts in a database. */
export function createCarts({ query }: Database): Carts {
  async function find(cartId: string): Promise<Cart> {
    const [cart] = await query<{ state: CartState }>('select state from carts where id = $1', [cartId])
    if (!cart) throw new ShopError('cart_unknown')
    // Columns have the names of CartLine's members.
    const lines = await query<CartLine>(
      `select sku, name, quantity, price_cents as "priceCents"
       from cart_items join products using (sku) where cart_id = $1 order by name`,
      [cartId],
    )
    const subtotalCents = lines.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0)
    return { id: cartId, state: cart.state, lines, subtotalCents }
  }

  async function endPaying(cartId: string, state: CartState): Promise<void> {
    await query('update carts set state = $2 where id = $1', [cartId, state])
  }

  return {
    find,
    endPaying,

    async open() {
      const id = randomUUID()
      await query(`insert into carts values ($1, 'open')`, [id])
      return { id, state: 'open', lines: [], subtotalCents: 0 }
    },

    async put(cartId, sku, quantity) {
      const { state } = await find(cartId)
      if (state !== 'open') throw new ShopError('cart_closed')
      if (quantity === 0) await query('delete from cart_items where cart_id = $1 and sku = $2', [cartId, sku])
      else {
        await query(
          `insert into cart_items values ($1, $2, $3)
           on conflict (cart_id, sku) do update set quantity = excluded.quantity`,
          [cartId, sku, quantity],
        )
      }
      return find(cartId)
    },

    async beginPaying(cartId) {
      // A single conditional update: of two parallel payments, only one finds the cart open.
      const taken = await query(
        `update carts set state = 'paying' where id = $1 and state = 'open' returning id`,
        [cartId],
      )
      const cart = await find(cartId)
      if (taken.length === 0) throw new ShopError('cart_closed')
      if (cart.lines.length > 0) return cart
      await endPaying(cartId, 'open')
      throw new ShopError('cart_empty')
    },
  }
}
