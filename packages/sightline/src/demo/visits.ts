import { asked, type Call, queried, type Remark, served } from './calls.ts'
import type { Chance } from './chance.ts'
import { checkoutFailed, lockTimeout, missingPrice, notAuthorized } from './failures.ts'

const SKUS = ['mug-blue', 'mug-red', 'tea-green', 'tea-black', 'kettle', 'spoon', 'honey', 'filter'] as const
const WORDS = ['mug', 'tea', 'kettle', 'gift', 'green tea', 'filter'] as const

/** A request of a customer, and what it brings in. */
export interface Visit {
  readonly call: Call
  /** The end of a checkout. */
  readonly order?: { readonly status: 'paid' | 'declined' | 'failed'; readonly euros: number }
}

/**
 * The next request of a customer.
 *
 * @param severity how bad the incident is, from 0 to 1
 */
export function nextVisit(chance: Chance, severity: number): Visit {
  const kind = chance.next()
  if (kind < 0.3) return { call: productPage(chance) }
  if (kind < 0.48) return { call: productList(chance) }
  if (kind < 0.64) return { call: search(chance) }
  if (kind < 0.8) return { call: addToCart(chance) }
  if (kind < 0.88) return { call: orderPage(chance) }
  return checkout(chance, severity)
}

function productPage(chance: Chance): Call {
  const sku = chance.pick(SKUS)
  return served(
    'shop-web',
    { method: 'GET', route: '/products/:sku', path: `/products/${sku}`, status: 200, ms: chance.duration(6) },
    {
      calls: [
        queried('shop-web', 'SELECT * FROM products WHERE sku = $1', chance.duration(3)),
        queried('shop-web', 'SELECT * FROM reviews WHERE sku = $1 LIMIT 20', chance.duration(7)),
      ],
    },
  )
}

/** Asks for each price by itself, as a list of products too often does. */
function productList(chance: Chance): Call {
  const prices = SKUS.map(() =>
    queried('shop-web', 'SELECT amount FROM prices WHERE sku = $1', chance.duration(1.5)),
  )
  return served(
    'shop-web',
    { method: 'GET', route: '/products', status: 200, ms: chance.duration(9) },
    { calls: [queried('shop-web', 'SELECT * FROM products LIMIT 8', chance.duration(5)), ...prices] },
  )
}

function search(chance: Chance): Call {
  const word = chance.pick(WORDS)
  const failure = chance.happens(0.015) ? missingPrice() : undefined
  const query = queried('shop-web', 'SELECT * FROM products WHERE words @@ $1', chance.duration(18))
  return served(
    'shop-web',
    { method: 'GET', route: '/search', status: failure === undefined ? 200 : 500, ms: chance.duration(7) },
    { calls: [query], failure, remarks: [info('searched', { 'search.text': word })] },
  )
}

function addToCart(chance: Chance): Call {
  const sku = chance.pick(SKUS)
  return served(
    'shop-web',
    { method: 'POST', route: '/cart/items', status: 201, ms: chance.duration(4) },
    {
      calls: [queried('shop-web', 'INSERT INTO cart_items VALUES ($1, $2)', chance.duration(4))],
      remarks: [info('item added to cart', { sku })],
    },
  )
}

function orderPage(chance: Chance): Call {
  const id = orderIdOf(chance)
  const order = served(
    'orders',
    { method: 'GET', route: '/orders/:id', path: `/orders/${id}`, status: 200, ms: chance.duration(3) },
    { calls: [queried('orders', 'SELECT * FROM orders WHERE id = $1', chance.duration(3))] },
  )
  return served(
    'shop-web',
    { method: 'GET', route: '/orders/:id', path: `/orders/${id}`, status: 200, ms: chance.duration(4) },
    { calls: [asked('shop-web', order)] },
  )
}

function checkout(chance: Chance, severity: number): Visit {
  const orderId = orderIdOf(chance)
  const euros = Math.round(chance.duration(38) * 100) / 100
  const payment = paymentOf(chance, severity)
  const paymentStatus = Number(payment.attributes['http.response.status_code'])
  const status = { 201: 'paid', 402: 'declined' }[paymentStatus] ?? 'failed'
  const failure = status === 'failed' ? notAuthorized(orderId) : undefined
  const httpStatus = status === 'paid' ? 201 : status === 'declined' ? 402 : 502
  const fields = { 'order.id': orderId, 'order.euros': euros }
  const order = served(
    'orders',
    { method: 'POST', route: '/orders', status: httpStatus, ms: chance.duration(5) },
    {
      calls: [
        queried('orders', 'INSERT INTO orders VALUES ($1, $2, $3)', chance.duration(5)),
        asked('orders', payment),
        queried('orders', 'UPDATE orders SET status = $2 WHERE id = $1', chance.duration(4)),
      ],
      remarks: status === 'paid' ? [info('order placed', fields)] : [],
      failure,
    },
  )
  const call = served(
    'shop-web',
    { method: 'POST', route: '/checkout', status: httpStatus, ms: chance.duration(6) },
    { calls: [asked('shop-web', order)], failure: failure && checkoutFailed(httpStatus) },
  )
  // The statuses above are all there are.
  return { call, order: { status: status as 'paid' | 'declined' | 'failed', euros } }
}

function paymentOf(chance: Chance, severity: number): Call {
  const id = paymentIdOf(chance)
  const lock = 'SELECT * FROM payments WHERE id = $1 FOR UPDATE'
  const request = { method: 'POST', route: '/payments', ms: chance.duration(12) }
  if (chance.happens(severity * 0.7)) {
    const failure = lockTimeout(id)
    return served(
      'payments',
      { ...request, status: 500 },
      { calls: [queried('payments', lock, 2_000, failure)], failure },
    )
  }
  const waited = queried('payments', lock, chance.duration(4) + severity * chance.between(300, 1_700))
  const calls = [waited, queried('payments', 'INSERT INTO ledger VALUES ($1, $2)', chance.duration(6))]
  const slow: readonly Remark[] =
    severity > 0.5
      ? [{ level: 'warn', message: 'waited for the lock of a payment', attributes: { 'payment.id': id } }]
      : []
  if (!chance.happens(0.06)) return served('payments', { ...request, status: 201 }, { calls, remarks: slow })
  const declined: Remark = { level: 'warn', message: 'card declined', attributes: { 'payment.id': id } }
  return served('payments', { ...request, status: 402 }, { calls: [waited], remarks: [...slow, declined] })
}

function info(message: string, attributes: Remark['attributes']): Remark {
  return { level: 'info', message, attributes }
}

function orderIdOf(chance: Chance): string {
  return String(Math.floor(chance.between(10_000, 99_999)))
}

/** A UUID, as far as one looks like it. */
function paymentIdOf(chance: Chance): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(chance.next() * 16).toString(16)).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
