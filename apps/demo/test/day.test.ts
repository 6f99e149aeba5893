import { expect, test } from '@jest/globals'

import { createDay } from '../src/day.ts'

const HOUR = 1_000
const day = createDay(24 * HOUR)
/** The shop opens at seven. */
const at = (hour: number) => day((hour - 7 + 24) * HOUR)

test('begins at seven and comes again', () => {
  expect(day(0).clock).toBe('07:00')
  expect(day(24 * HOUR)).toEqual(day(0))
  expect(at(14.5).clock).toBe('14:30')
})

test('is quiet at night, busy at noon and busiest in the evening', () => {
  expect(at(3).visitRate).toBeLessThan(at(12).visitRate / 4)
  expect(at(12).visitRate).toBeLessThan(at(20).visitRate)
})

test('has bursts that end', () => {
  expect(at(18.2)).toMatchObject({ happening: 'flash sale' })
  expect(at(18.2).visitRate).toBeGreaterThan(3 * at(17.9).visitRate)
  expect(at(18.6).happening).toBe('')
})
