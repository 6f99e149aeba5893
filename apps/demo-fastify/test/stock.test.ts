import { expect, test } from '@jest/globals'

import { createCatalogue, createStock, openStore } from './service.ts'

test('reserves all of an order or nothing of it', () => {
  const store = openStore()
  const stock = createStock(store)
  const catalogue = createCatalogue(store)
  const order = [
    { sku: 'moka-pot', quantity: 1 },
    { sku: 'siphon', quantity: 9 },
  ]
  expect(() => stock.reserve(order)).toThrow('We do not have that many left.')
  expect(catalogue.find('moka-pot').stock).toBe(40)
})

test('delivers what is less than half there, except what comes only once', () => {
  const store = openStore()
  const stock = createStock(store)
  const catalogue = createCatalogue(store)
  stock.reserve([
    { sku: 'siphon', quantity: 5 },
    { sku: 'moka-pot', quantity: 5 },
    { sku: 'anniversary-mug', quantity: 15 },
  ])
  stock.deliver()
  expect(catalogue.find('siphon').stock).toBe(8)
  expect(catalogue.find('moka-pot').stock).toBe(35)
  expect(catalogue.find('anniversary-mug').stock).toBe(0)
})
