import { afterEach, beforeEach, expect, it } from '@jest/globals'

import { createSightline, type Sightline } from '../src/index.ts'

let sightline: Sightline
beforeEach(() => {
  sightline = createSightline({ service: 'test', log: { level: 'silent' } })
})
afterEach(() => sightline.close())

const counts = async () =>
  (await sightline.metrics.text())
    .split('\n')
    .filter((line) => line.startsWith('operation_duration_seconds_count'))

it('takes the time of a function and gives back what it returns', async () => {
  expect(sightline.time('sync', () => 5)).toBe(5)
  await expect(sightline.time('async', async () => 6)).resolves.toBe(6)
  expect(await counts()).toEqual([
    'operation_duration_seconds_count{operation="sync",outcome="completed"} 1',
    'operation_duration_seconds_count{operation="async",outcome="completed"} 1',
  ])
})

it('throws on what is thrown, itself', async () => {
  const error = new Error('no')
  expect(() =>
    sightline.time('sync', () => {
      throw error
    }),
  ).toThrow(error)
  await expect(sightline.time('async', () => Promise.reject(error))).rejects.toBe(error)
  expect(await counts()).toEqual([
    'operation_duration_seconds_count{operation="sync",outcome="failed"} 1',
    'operation_duration_seconds_count{operation="async",outcome="failed"} 1',
  ])
})

it('wraps functions and decorates methods, with their this and arguments', async () => {
  const add = sightline.timed('add')((a: number, b: number) => a + b)
  class Basket {
    items = 2
    @sightline.timed('count')
    count(more: number) {
      return this.items + more
    }
  }
  expect(add(1, 2)).toBe(3)
  expect(new Basket().count(3)).toBe(5)
  expect(await counts()).toHaveLength(2)
})
