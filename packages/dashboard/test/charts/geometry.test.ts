import { expect, test } from '@jest/globals'

import { GUTTER, indexAt, timeAt, valueAt, xOf, yOf } from '../../src/charts/geometry.ts'

const grid = { start: 1_000_000, step: 20_000, count: 181 }
const place = { ...GUTTER, width: 246, height: 132, grid, axis: { min: 0, max: 10, ticks: [] } }

test('finds the moment below a pixel, and the pixel of a moment', () => {
  expect(xOf(place, grid.start)).toBe(44)
  expect(xOf(place, grid.start + 3_600_000)).toBe(244)
  expect(timeAt(place, xOf(place, grid.start + 700_000))).toBeCloseTo(grid.start + 700_000)
  expect(yOf(place, 0)).toBe(114)
  expect(yOf(place, 10)).toBe(14)
})

test('points at an end from a little outside of the plot, and at nothing from farther away', () => {
  expect(timeAt(place, 40)).toBe(grid.start)
  expect(timeAt(place, 246)).toBe(grid.start + 3_600_000)
  expect(timeAt(place, 10)).toBeNull()
})

test('finds the nearest moment of a grid', () => {
  expect(indexAt(grid, grid.start + 9_999)).toBe(0)
  expect(indexAt(grid, grid.start + 10_001)).toBe(1)
  expect(indexAt(grid, grid.start - 20_000)).toBeNull()
  expect(indexAt(grid, grid.start + 181 * 20_000)).toBeNull()
  expect(indexAt(grid, null)).toBeNull()
})

test('spreads a line of fewer values over the grid', () => {
  const trend = Array.from({ length: 31 }, (_, n) => n)
  expect(valueAt(trend, 0, 181)).toBe(0)
  expect(valueAt(trend, 90, 181)).toBe(15)
  expect(valueAt(trend, 180, 181)).toBe(30)
  expect(valueAt([1, 2], 1, 2)).toBe(2)
})
