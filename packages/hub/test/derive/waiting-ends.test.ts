import { expect, test } from '@jest/globals'

import { WaitingEnds } from '../../src/ingest/derive/calls/waiting-ends.ts'

const keyOf = (number: number) => new Uint32Array([number, 0, 0, 0, 0, number % 7])
const endOf = (seconds: number) => ({
  job: `j${seconds}`,
  peer: 'p',
  seconds,
  failed: false,
  weight: 1,
  part: 0,
})

test('ends are found by their keys, however many come and go', () => {
  const ends = new WaitingEnds(10_000)
  const held = new Map<number, number>()
  for (let number = 0; number < 50_000; number++) {
    held.set(number, ends.add(keyOf(number), 0, endOf(number), number))
    // Some are removed at once, some later, and the oldest where there are many.
    if (number % 3 === 0) ends.remove(ends.find(keyOf(number), 0))
    if (number % 3 === 0) held.delete(number)
    if (held.size > 3_000) {
      const [oldest = -1] = held.keys()
      expect(ends.until(ends.oldest)).toBe(oldest)
      ends.remove(ends.oldest)
      held.delete(oldest)
    }
  }
  for (let number = 0; number < 50_000; number++) {
    const place = ends.find(keyOf(number), 0)
    if (held.has(number)) expect(ends.end(place)).toEqual(endOf(number))
    else expect(place).toBe(-1)
  }
})

test('ends with the same key follow each other, the latest first', () => {
  const ends = new WaitingEnds(10_000)
  for (let number = 0; number < 2_000; number++) ends.add(keyOf(number % 2), 0, endOf(number), 0)
  const seconds: number[] = []
  for (let place = ends.find(keyOf(1), 0); place >= 0; place = ends.before(place))
    seconds.push(ends.end(place).seconds)
  expect(seconds).toEqual(Array.from({ length: 1_000 }, (_, n) => 1_999 - 2 * n))
})

test('there are no more places than allowed, and removed ends give theirs back', () => {
  const ends = new WaitingEnds(3)
  for (let number = 0; number < 3; number++) ends.add(keyOf(number), 0, endOf(number), 0)
  expect(ends.isFull).toBe(true)
  ends.remove(ends.find(keyOf(1), 0))
  expect(ends.isFull).toBe(true)
  ends.remove(ends.find(keyOf(0), 0))
  expect(ends.isFull).toBe(false)
  expect(ends.end(ends.oldest)).toEqual(endOf(2))
  ends.remove(ends.oldest)
  expect(ends.oldest).toBe(-1)
})
