import { type BusinessEvent, SKUS } from './business.ts'
import { asked, type Call, queried, type Remark, served } from './calls.ts'
import type { Chance } from './chance.ts'
import { checkoutFailed, missingPrice, notAuthorized } from './failures.ts'
import { paymentOf } from './payments.ts'

const WORDS = ['mug', 'tea', 'kettle', 'gift', 'green tea', 'filter'] as const

/** A request of a customer, and what the shop counts of it. */
export interface Visit {
  readonly call: Call
  readonly events: readonly BusinessEvent[]
}

/**
 * The next request of a customer.
 *
 * @param severity how bad the incident is, from 0 to 1
 */
export function nextVisit(chance: Chance, severity: number): Visit {
  const kind = chance.next()
  const events: readonly BusinessEvent[] = kind < 0.64 ? [{ what: 'visits' }] : []
  if (kind < 0.3) return { call: productPage(chance), events }
  if (kind < 0.48) return { call: productList(chance), events }
  if (kind < 0.64) return search(chance, events)
  if (kind < 0.78) return { call: addToCart(chance), events }
  if (kind < 0.86) return { call: orderPage(chance), events }
  if (kind < 0.88) return { call: leftCheckout(chance), events: [checkedOut('abandoned')] }
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

function search(chance: Chance, events: readonly BusinessEvent[]): Visit {
  const word = chance.pick(WORDS)
  const hits = chance.happens(0.09) ? 0 : Math.round(chance.between(1, 40))
  const failure = chance.happens(0.015) ? missingPrice() : undefined
  const query = queried('shop-web', 'SELECT * FROM products WHERE words @@ $1', chance.duration(18))
  const call = served(
    'shop-web',
    { method: 'GET', route: '/search', status: failure === undefined ? 200 : 500, ms: chance.duration(7) },
    {
      calls: [query],
      failure,
      remarks: [info('searched', { 'search.text': word, 'search.hits': hits })],
    },
  )
  return { call, events: hits === 0 ? [...events, { what: 'misses' }] : events }
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

/** A customer who sees the costs of shipping, and leaves. */
function leftCheckout(chance: Chance): Call {
  return served(
    'shop-web',
    { method: 'GET', route: '/checkout', status: 200, ms: chance.duration(5) },
    { calls: [queried('shop-web', 'SELECT * FROM cart_items WHERE cart = $1', chance.duration(4))] },
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
  const events: BusinessEvent[] = [
    checkedOut(status === 'paid' ? 'paid' : 'failed'),
    { what: 'orders', labels: { status } },
    { what: 'charges', labels: { outcome: status === 'paid' ? 'captured' : status } },
  ]
  if (status === 'paid') events.push({ what: 'revenue', amount: euros }, { what: 'value', amount: euros })
  if (status === 'paid' && chance.happens(0.03)) events.push({ what: 'refunds', amount: euros })
  return { call, events }
}

function checkedOut(outcome: 'paid' | 'failed' | 'abandoned'): BusinessEvent {
  return { what: 'checkouts', labels: { outcome } }
}

function info(message: string, attributes: Remark['attributes']): Remark {
  return { level: 'info', message, attributes }
}

function orderIdOf(chance: Chance): string {
  return String(Math.floor(chance.between(10_000, 99_999)))
}
