import { describe, expect, test } from '@jest/globals'

import { shiftOf } from '../../src/query/changes/detect.ts'

const level = (length: number, value: number, noise = 0) =>
  Array.from({ length }, (_, at) => value + noise * Math.sin(at * 12.9898))
const ones = (values: readonly unknown[]) => values.map(() => 1)

describe('a shift of a series', () => {
  test('is found where the level changes, with both levels', () => {
    const values = [...level(60, 10, 1), ...level(20, 50, 1)]
    const shift = shiftOf(values, ones(values))
    expect(shift?.at).toBe(60)
    expect(shift?.before).toBeCloseTo(10, 0)
    expect(shift?.after).toBeCloseTo(50, 0)
  })

  test('of a gradual rise begins near its beginning', () => {
    const values = [...level(60, 10), 18, 26, 34, 42, ...level(16, 50)]
    const at = shiftOf(values, ones(values))?.at ?? 0
    expect(at).toBeGreaterThanOrEqual(60)
    expect(at).toBeLessThanOrEqual(62)
  })

  test('may be a fall', () => {
    const values = [...level(60, 50, 1), ...level(20, 10, 1)]
    expect(shiftOf(values, ones(values))).toMatchObject({
      at: 60,
      before: expect.closeTo(50, 0),
      after: expect.closeTo(10, 0),
    })
  })

  test('is not noise, nor an outlier, nor what happened before the range', () => {
    const noise = level(80, 10, 3)
    expect(shiftOf(noise, ones(noise))).toBeUndefined()
    const outlier = [...level(60, 10, 1), 90, ...level(19, 10, 1)]
    expect(shiftOf(outlier, ones(outlier))).toBeUndefined()
    const early = [...level(10, 50, 1), ...level(70, 10, 1)]
    expect(shiftOf(early, ones(early))).toBeUndefined()
  })

  test('is found beside gaps, and is weighted by the requests', () => {
    const values = [...level(55, 10, 1), null, null, null, null, null, ...level(20, 50, 1)]
    const weights = values.map((value, at) => (value === null ? null : at < 50 ? 3 : 1))
    expect(shiftOf(values, weights)).toMatchObject({ after: expect.closeTo(50, 0), afterWeight: 10 })
  })

  test('is none without requests', () => {
    expect(
      shiftOf(
        level(80, 10),
        Array.from({ length: 80 }, () => null),
      ),
    ).toBeUndefined()
    expect(shiftOf([], [])).toBeUndefined()
  })
})
