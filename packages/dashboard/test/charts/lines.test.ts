import { expect, test } from '@jest/globals'

import { extremesOf, linesOf, namesOf } from '../../src/charts/lines.ts'
import { shapeOf, summaryOf } from '../../src/charts/summary.ts'

const start = new Date(2026, 10, 27, 14, 0).getTime()
const grid = { start, step: 900_000, count: 5 }

test('names series by the labels in which they differ', () => {
  expect(
    namesOf([
      { job: 'a', instance: '1' },
      { job: 'a', instance: '2' },
    ]),
  ).toEqual(['1', '2'])
  expect(namesOf([{ job: 'a', zone: 'x' }, { job: 'a' }])).toEqual(['x', ''])
  expect(namesOf([{ __name__: 'up', job: 'a' }])).toEqual(['a'])
})

test('draws one series in ink, and eight of more in the order of categories', () => {
  const line = (n: number) => ({ labels: { n: String(n) }, values: [n] })
  expect(linesOf({ grid, lines: [line(1)] }).map(({ style }) => style)).toEqual(['ink'])
  const many = linesOf({ grid, lines: Array.from({ length: 9 }, (_, n) => line(n)) })
  expect(many.map(({ style }) => style)).toEqual(['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'])
})

test('finds the extremes of a line with gaps', () => {
  expect(extremesOf([null, 3, 1, null, 7])).toEqual({ least: 1, leastAt: 2, peak: 7, peakAt: 4 })
  expect(extremesOf([null, null])).toBeUndefined()
})

test.each([
  ['rising', [1, 1, 2, 4, 5]],
  ['falling', [5, 4, 2, 1, 1]],
  ['steady', [5, null, 5.2, 4.9, 5]],
  ['rising', [0, 0, 0, 1]],
  ['steady', [0, 0, 0, 0]],
] as const)('calls a line %s', (shape, values) => {
  expect(shapeOf(values)).toBe(shape)
})

test('says the shape and the extremes of a chart', () => {
  const values = [0.25, 0.2, 0.3, 4.8, 4.6]
  const now = expect.stringMatching(
    /^Duration over 1.h: rising, last 4\.60.s, lowest 200.ms at .*14:15, highest 4\.80.s at .*14:45\. Arrow keys read values\.$/u,
  )
  expect(summaryOf('Duration', 's', [{ label: 'p95', style: 'ink', values }], grid)).toEqual(now)
  expect(summaryOf('Duration', 's', [{ label: 'p95', style: 'ink', values: [null] }], grid)).toMatch(
    /no data\.$/,
  )
})
