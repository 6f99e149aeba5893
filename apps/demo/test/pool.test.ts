import { expect, test } from '@jest/globals'

import { createPool } from '../src/incident/pool.ts'

test('gives each connection to one caller at a time, in the order of their coming', async () => {
  const pool = createPool('one', { size: 1, waitMs: 60_000 })
  const done: number[] = []
  const first = Promise.withResolvers<void>()
  const all = [
    pool.use(() => first.promise.then(() => void done.push(1))),
    pool.use(async () => void done.push(2)),
    pool.use(async () => void done.push(3)),
  ]
  await Promise.resolve()
  expect(done).toEqual([])
  first.resolve()
  await Promise.all(all)
  expect(done).toEqual([1, 2, 3])
})

test('a caller that waits too long gets an error, and its place is free again', async () => {
  const pool = createPool('late', { size: 1, waitMs: 1 })
  const holding = Promise.withResolvers<void>()
  const held = pool.use(() => holding.promise)
  await expect(pool.use(async () => 'late')).rejects.toThrow('no connection within 1 ms; 1 of 1 in use')
  holding.resolve()
  await held
  expect(await pool.use(async () => 'free')).toBe('free')
})
