import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { openStorefront } from './service.ts'

let shop: Awaited<ReturnType<typeof openStorefront>>
beforeEach(async () => {
  shop = await openStorefront(() => ({ status: 200, body: { orders: [] } }))
})
afterEach(() => shop.close())

const skusOf = (body: Record<string, unknown>) =>
  (body['products'] as Array<{ sku: string }>).map(({ sku }) => sku)

test('lists products page by page, and by category', async () => {
  const pages = await Promise.all([1, 2, 3].map((page) => shop.ask('GET', `/products?page=${page}`)))
  assert.deepEqual(
    pages.map(({ body }) => skusOf(body).length),
    [12, 8, 0],
  )
  const { body } = await shop.ask('GET', '/products?category=kettles')
  assert.deepEqual(skusOf(body), ['gooseneck-kettle', 'travel-kettle'])
})

test('finds products by a part of their name, in any letter case', async () => {
  assert.deepEqual(skusOf((await shop.ask('GET', '/search?q=GUJI')).body), ['ethiopia-guji'])
  for (const nothing of ['matcha', '%25', '_', '%5C'])
    assert.deepEqual(skusOf((await shop.ask('GET', `/search?q=${nothing}`)).body), [])
  assert.match(await shop.metrics(), /^shop_search_misses_total 4$/m)
})

test('answers in its own words what it does not sell, and what it is not', async () => {
  const product = await shop.ask('GET', '/products/matcha')
  assert.partialDeepStrictEqual(product, { status: 404, body: { error: 'product_unknown', sku: 'matcha' } })
  const scan = await shop.ask('GET', '/wp-login.php')
  assert.partialDeepStrictEqual(scan, { status: 404, body: { error: 'page_unknown' } })
  const query = await shop.ask('GET', '/products?page=zero')
  assert.partialDeepStrictEqual(query, { status: 400, body: { error: 'request_invalid' } })
})

test('counts requests by the pattern of their route, and those without one together', async () => {
  await shop.ask('GET', '/products/siphon')
  await shop.ask('GET', '/4f3a.php')
  const metrics = await shop.metrics()
  assert.match(metrics, /http_requests_total\{method="GET",route="\/products\/:sku",status="200"\}/)
  assert.match(metrics, /http_requests_total\{method="GET",route="unmatched",status="404"\}/)
  assert.doesNotMatch(metrics, /4f3a/)
})

test('tells what is on the shelves', async () => {
  assert.match(await shop.metrics(), /^shop_inventory_items\{sku="siphon"\} 8$/m)
})
