import { describe, expect, test } from '@jest/globals'

import { growing, joinedTo } from '../../src/api/growing.ts'
import type { Lines } from '../../src/api/series.ts'
import type { Grid } from '../../src/state/time.ts'

const STEP = 20_000
const gridFrom = (n: number, count = 10): Grid => ({ start: n * STEP, step: STEP, count })
/** A line whose value at each moment is the number of the step. */
const countingLines = (grid: Grid): Lines => ({
  grid,
  lines: [
    { labels: { a: 'b' }, values: Array.from({ length: grid.count }, (_, n) => grid.start / STEP + n) },
  ],
})

describe('lines that grow', () => {
  test('loads only the end while the time goes on, and all of it after two minutes', async () => {
    const asked: Grid[] = []
    let now = 0
    const load = growing(
      async (_, grid) => {
        asked.push(grid)
        return countingLines(grid)
      },
      () => now,
    )
    await load('up', gridFrom(100))
    const next = await load('up', gridFrom(101))
    expect(asked[1]).toEqual({ start: 104 * STEP, step: STEP, count: 7 })
    expect(next).toEqual(countingLines(gridFrom(101)))
    now = 120_000
    await load('up', gridFrom(102))
    expect(asked[2]).toEqual(gridFrom(102))
  })

  test('answers with the same object if nothing has changed', async () => {
    const load = growing(async (_, grid) => countingLines(grid))
    const first = await load('up', gridFrom(100))
    expect(await load('up', gridFrom(100))).toBe(first)
  })

  test.each([
    ['another expression', 'down', gridFrom(101)],
    ['another step', 'up', { start: 100 * STEP, step: 1_000, count: 10 }],
    ['an earlier range', 'up', gridFrom(99)],
    ['a range without overlap', 'up', gridFrom(200)],
  ])('loads all of it for %s', async (_, text, grid) => {
    const asked: Grid[] = []
    const load = growing(async (_text, each) => {
      asked.push(each)
      return countingLines(each)
    })
    await load('up', gridFrom(100))
    await load(text, grid)
    expect(asked[1]).toEqual(grid)
  })

  test('keeps the last lines when a request was given up', async () => {
    const asked: Grid[] = []
    const load = growing(async (_, grid) => {
      asked.push(grid)
      return countingLines(grid)
    })
    const giveUp = AbortSignal.abort()
    await load('up', gridFrom(100), giveUp)
    await load('up', gridFrom(100))
    expect(asked[1]).toEqual(gridFrom(100))
  })

  test('begins new series with gaps, ends missing ones, and drops those that have left the range', () => {
    const before = {
      grid: gridFrom(0, 3),
      lines: [
        { labels: { a: 'old' }, values: [1, null, null] },
        { labels: { a: 'ended' }, values: [1, 2, 3] },
      ],
    }
    const joined = joinedTo(before, [{ labels: { a: 'new' }, values: [7] }], gridFrom(1, 3), 2)
    expect(joined.lines).toEqual([
      { labels: { a: 'ended' }, values: [2, 3, null] },
      { labels: { a: 'new' }, values: [null, null, 7] },
    ])
  })
})
