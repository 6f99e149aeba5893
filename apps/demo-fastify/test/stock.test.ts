import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { openShopRoom } from './service.ts'

let room: Awaited<ReturnType<typeof openShopRoom>>
beforeEach(async () => {
  room = await openShopRoom()
})
afterEach(() => room.close())

const levelOf = async (sku: string) => (await room.shop.catalogue.find(sku)).stock

test('reserves all of an order or nothing of it', async () => {
  const order = [
    { sku: 'moka-pot', quantity: 1 },
    { sku: 'siphon', quantity: 9 },
  ]
  await assert.rejects(room.shop.stock.reserve(order), { message: 'We do not have that many left.' })
  assert.equal(await levelOf('moka-pot'), 40)
})

test('delivers what is less than half there, except what comes only once', async () => {
  const { stock } = room.shop
  await stock.reserve([
    { sku: 'siphon', quantity: 5 },
    { sku: 'moka-pot', quantity: 5 },
    { sku: 'anniversary-mug', quantity: 15 },
  ])
  await stock.deliver()
  assert.equal(await levelOf('siphon'), 8)
  assert.equal(await levelOf('moka-pot'), 35)
  assert.equal(await levelOf('anniversary-mug'), 0)
})
