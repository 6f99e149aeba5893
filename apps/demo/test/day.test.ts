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

test('has an incident in the afternoon, before which a day can begin', () => {
  expect([12.9, 13, 16.9, 17].map((hour) => at(hour).isIncident)).toEqual([false, true, true, false])
  expect(at(14).happening).toBe('payments 1.4.2 is out')
  expect(createDay(24 * HOUR, true)(0)).toMatchObject({ clock: '12:00', isIncident: false })
})
