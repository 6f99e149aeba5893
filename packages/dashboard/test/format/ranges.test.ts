import { describe, expect, it } from '@jest/globals'

import { fieldTime, lastText, lengthText, PRESETS, rangeText } from '../../src/format/ranges.ts'

const HOUR = 3_600_000

describe('ranges in words', () => {
  it('are those that people say', () => {
    expect(PRESETS.map(lastText)).toEqual([
      'Last 15 minutes',
      'Last hour',
      'Last 3 hours',
      'Last 6 hours',
      'Last 24 hours',
      'Last 2 days',
      'Last 7 days',
    ])
    expect(lengthText(1.5 * HOUR)).toBe('90 minutes')
    expect(lengthText(30 * HOUR)).toBe('30 hours')
    expect(lengthText(90_500)).toBe('1.5 minutes')
  })

  it('say the date where it is not today, and only once on one day', () => {
    const noon = new Date(2026, 0, 31, 12).getTime()
    expect(rangeText(noon - HOUR, noon, noon)).toBe('11:00 – 12:00')
    expect(rangeText(noon - HOUR, noon, noon + 24 * HOUR)).toBe('31 Jan 11:00 – 12:00')
    expect(rangeText(noon - 24 * HOUR, noon, noon)).toBe('30 Jan 12:00 – 12:00')
  })

  it('are read back from the fields of the picker', () => {
    const time = new Date(2026, 6, 1, 8, 5, 9).getTime()
    expect(fieldTime(time)).toBe('2026-07-01T08:05:09')
    expect(Date.parse(fieldTime(time))).toBe(time)
  })
})
