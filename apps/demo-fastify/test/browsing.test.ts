import { afterEach, beforeEach, expect, test } from '@jest/globals'

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
  expect(pages.map(({ body }) => skusOf(body).length)).toEqual([12, 8, 0])
  const { body } = await shop.ask('GET', '/products?category=kettles')
  expect(skusOf(body)).toEqual(['gooseneck-kettle', 'travel-kettle'])
})

test('finds products by a part of their name, in any letter case', async () => {
  expect(skusOf((await shop.ask('GET', '/search?q=GUJI')).body)).toEqual(['ethiopia-guji'])
  expect(skusOf((await shop.ask('GET', '/search?q=matcha')).body)).toEqual([])
  expect(await shop.metrics()).toContain('shop_search_misses_total 1\n')
})

test('answers in its own words what it does not sell, and what it is not', async () => {
  const product = await shop.ask('GET', '/products/matcha')
  expect(product).toMatchObject({ status: 404, body: { error: 'product_unknown', sku: 'matcha' } })
  const scan = await shop.ask('GET', '/wp-login.php')
  expect(scan).toMatchObject({ status: 404, body: { error: 'page_unknown' } })
  const query = await shop.ask('GET', '/products?page=zero')
  expect(query).toMatchObject({ status: 400, body: { error: 'request_invalid' } })
})

test('counts requests by the pattern of their route, and those without one together', async () => {
  await shop.ask('GET', '/products/siphon')
  await shop.ask('GET', '/4f3a.php')
  const metrics = await shop.metrics()
  expect(metrics).toContain('http_requests_total{method="GET",route="/products/:sku",status="200"}')
  expect(metrics).toContain('http_requests_total{method="GET",route="unmatched",status="404"}')
  expect(metrics).not.toContain('4f3a')
})

test('tells what is on the shelves', async () => {
  expect(await shop.metrics()).toContain('shop_inventory_items{sku="siphon"} 8\n')
})
