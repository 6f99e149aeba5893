import { expect, test } from '@jest/globals'
import { markStale } from '@sightline/promql'

import { lookbackAt } from '../../src/store/sqlite/series/resolutions.ts'
import { isIncreasing, thin } from '../../src/store/sqlite/series/upkeep/thinning.ts'

/** What is kept of samples a second apart: their times in seconds and their values. */
function kept(
  values: readonly number[],
  increasing: boolean,
  stale: readonly number[] = [],
): Array<[number, number]> {
  const times = Float64Array.from(values, (_, index) => index * 1_000)
  const stored = Float64Array.from(values)
  for (const index of stale) markStale(stored, index)
  const count = thin(times, stored, values.length, 10_000, increasing)
  return Array.from({ length: count }, (_, index) => [(times[index] ?? 0) / 1_000, stored[index] ?? 0])
}

/** The increase over all samples, as PromQL counts it. */
function increaseOf(samples: ReadonlyArray<[number, number]>): number {
  return samples.reduce((sum, [, value], index) => {
    const before = samples[index - 1]?.[1]
    return before === undefined ? 0 : sum + (value < before ? value : value - before)
  }, 0)
}

test('the last sample of each interval is kept', () => {
  expect(
    kept(
      Array.from({ length: 25 }, (_, index) => index),
      false,
    ),
  ).toEqual([
    [9, 9],
    [19, 19],
    [24, 24],
  ])
})

test('a gauge that falls keeps no more than that', () => {
  expect(kept([5, 4, 3, 2, 1], false)).toEqual([[4, 1]])
})

test('a counter keeps the samples around a reset, so that its increase stays', () => {
  const values = [90, 95, 100, 2, 5, 7, 0, 3, 4, 8, 9, 1]
  expect(kept(values, true)).toEqual([
    [2, 100],
    [3, 2],
    [5, 7],
    [6, 0],
    [9, 8],
    [10, 9],
    [11, 1],
  ])
  const all = values.map((value, index): [number, number] => [index, value])
  // Only what came before the first sample that is kept is gone.
  expect(increaseOf(kept(values, true))).toBe(increaseOf(all.slice(2)))
})

test('staleness markers and the samples before them are kept', () => {
  expect(kept([1, 2, 0, 4, 5, 6], false, [2]).map(([time]) => time)).toEqual([1, 2, 5])
})

test.each([
  ['requests_total', undefined, true],
  ['d_bucket', undefined, true],
  ['d_count', 'histogram', true],
  ['d_sum', undefined, true],
  ['process_start', 'counter', true],
  ['process_start', 'gauge', false],
  ['totally', undefined, false],
])('%s of type %s increases: %s', (name, type, increases) => {
  expect(isIncreasing(name, type)).toBe(increases)
})

test.each([
  [0, 5],
  [29, 5],
  [30, 20],
  [400, 20],
])('a query for samples of %d days ago looks back %d minutes', (days, minutes) => {
  const now = 1_750_000_000_000
  expect(lookbackAt(now - days * 86_400_000, now)).toBe(minutes * 60_000)
})
