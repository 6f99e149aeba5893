import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import { openStorage } from './storage.ts'

const SCHEMA = `
  create table if not exists notes (id integer primary key, text text not null);
  create index if not exists notes_by_text on notes (text)
`

let storage: Awaited<ReturnType<typeof openStorage>>
beforeEach(async () => {
  storage = await openStorage(SCHEMA)
})
afterEach(() => storage.close())

const texts = async () =>
  (await storage.database.query<{ text: string }>('select text from notes')).map(({ text }) => text)

test('a transaction that fails leaves nothing behind, and keeps out of the way of others', async () => {
  const { database } = storage
  const failing = database.transaction(async ({ query }) => {
    await query('insert into notes values ($1, $2)', [1, 'of the transaction'])
    await delay(5)
    throw new Error('changed my mind')
  })
  const other = database.query('insert into notes values ($1, $2)', [2, 'of somebody else'])
  await assert.rejects(failing, { message: 'changed my mind' })
  await other
  assert.deepEqual(await texts(), ['of somebody else'])
})

test('goes on after a statement that fails', async () => {
  await assert.rejects(storage.database.query('insert into notes values ($1, $2)', [1, null]))
  await storage.database.query('insert into notes values ($1, $2)', [1, 'mended'])
  assert.deepEqual(await texts(), ['mended'])
})

test('takes any text for a value', async () => {
  const hostile = `'; drop table notes; -- \0 \u{1F600}`
  await storage.database.query('insert into notes values ($1, $2)', [1, hostile])
  const found = await storage.database.query('select id from notes where text = $1', [hostile])
  assert.deepEqual(found.length, 1)
})

test('remembers what was found until it is forgotten or too old', async () => {
  const { cache } = storage
  await ready()
  let searches = 0
  const find = (seconds: number) => cache.remembered('key', seconds, async () => ({ found: ++searches }))
  assert.deepEqual([await find(60), await find(60)], [{ found: 1 }, { found: 1 }])
  await cache.forget('key')
  assert.deepEqual(await find(1), { found: 2 })
  // The test's timeout ends a failing loop.
  while ((await find(1)).found === 2) await delay(50)
})

test('does not remember that nothing was found', async () => {
  await ready()
  assert.equal(await storage.cache.remembered('key', 60, async () => undefined), undefined)
  assert.equal(await storage.cache.remembered('key', 60, async () => 'found'), 'found')
})

/** Waits for the Redis client, which rejects commands until it is connected. */
async function ready(): Promise<void> {
  for (;;) {
    try {
      await storage.cache.check(AbortSignal.timeout(1_000))
      return
    } catch {
      await delay(10)
    }
  }
}
