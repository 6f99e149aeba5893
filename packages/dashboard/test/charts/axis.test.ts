import { describe, expect, test } from '@jest/globals'

import { tickText, timeTicks, valueAxis } from '../../src/charts/axis.ts'

describe('the axis of values', () => {
  test.each([
    [2.8, 3, [0, 1, 2]],
    [0.19, 3, [0, 0.05, 0.1, 0.15]],
    [5.3, 3, [0, 2, 4]],
    [12, 2, [0, 5, 10]],
    [1, 2, [0, 0.5, 1]],
  ])('has round ticks from 0 up to %d', (peak, count, ticks) => {
    expect(valueAxis(0.5, peak, { count }).ticks).toEqual(ticks)
  })

  test('begins below 0 for negative values, and has 0 as a tick', () => {
    const axis = valueAxis(-3, 4, { count: 3 })
    expect(axis.min).toBe(-3)
    expect(axis.ticks).toEqual([-2, 0, 2, 4])
  })

  test('begins near the least value if it is narrow', () => {
    const axis = valueAxis(0.58, 0.61, { count: 2, isNarrow: true })
    expect(axis.min).toBeCloseTo(0.5755)
    expect(axis.ticks.length).toBeGreaterThan(1)
  })

  test('has whole ticks for counts', () => {
    expect(valueAxis(0, 1.06, { count: 3, isWhole: true }).ticks).toEqual([0, 1])
  })

  test.each([0, 1e-9, 1e12])('exists for a constant %d', (value) => {
    const axis = valueAxis(value, value, { count: 3 })
    expect(axis.max).toBeGreaterThan(axis.min)
    expect(axis.ticks.length).toBeLessThan(8)
  })
})

test.each([
  [2, 's', '2\u202fs'],
  [0.5, 's', '500\u202fms'],
  [0, 's', '0'],
  [0.1, 'ratio', '10\u202f%'],
  [2.5, '/s', '2.5'],
  [20, '/min', '20'],
  [1e8, 'B', '100\u202fMB'],
  [2e6, 'B/s', '2\u202fMB'],
])('writes the tick %d %s as %j', (value, unit, text) => {
  expect(tickText(value, unit)).toBe(text)
})

describe('the axis of the time', () => {
  const hour = new Date(2026, 10, 27, 13, 47, 20).getTime()

  test('has labels at full quarters of an hour, as far as there is room', () => {
    expect(timeTicks(hour, hour + 3_600_000, 300).map(([, text]) => text)).toEqual([
      '14:00',
      '14:15',
      '14:30',
      '14:45',
    ])
    expect(timeTicks(hour, hour + 3_600_000, 150).map(([, text]) => text)).toEqual(['14:00', '14:30'])
  })

  test('has seconds for short ranges, and days for long ones', () => {
    expect(timeTicks(hour, hour + 60_000, 300).map(([, text]) => text)).toEqual([
      '13:47:30',
      '13:47:45',
      '13:48:00',
      '13:48:15',
    ])
    expect(timeTicks(hour, hour + 3 * 86_400_000, 200).map(([, text]) => text)).toEqual([
      '28 Nov',
      '29 Nov',
      '30 Nov',
    ])
  })
})
