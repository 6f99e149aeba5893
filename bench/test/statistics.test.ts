import { expect, it } from '@jest/globals'

import { medianOf, slopeOf, spreadOf } from '../src/statistics.ts'

it('has half of the measurements between its quartiles, whatever their order', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ low: 2, median: 3, high: 4 })
})

it('lies between two measurements where none is in the middle', () => {
  expect(medianOf([1, 2, 10, 20])).toBe(6)
})

it('refuses to tell the middle of nothing', () => {
  expect(() => medianOf([])).toThrow('nothing')
})

it('finds the slope of a line through its noise', () => {
  const points = Array.from({ length: 100 }, (_none, x) => [x, 3 * x + (x % 2 === 0 ? 1 : -1)] as const)
  expect(slopeOf(points)).toBeCloseTo(3, 2)
})
