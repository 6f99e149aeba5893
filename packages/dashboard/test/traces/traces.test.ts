import { describe, expect, test } from '@jest/globals'

import { phrasesOf } from '../../src/traces/explain.ts'
import { heatOf, levelOf, logTicks, selectedOf, selectionOf } from '../../src/traces/heat.ts'
import { selectionFrom, selectionParams, selectionText } from '../../src/traces/selection.ts'

const HOUR = { from: 1_000_000, to: 4_600_000 }

describe('a selection', () => {
  test('is in the address as it was made', () => {
    const selection = { from: 1_500_000, to: 1_600_000, least: 12.5, most: 4_820, isFailed: false }
    expect(selectionText(selection)).toBe('1500000_1600000_12.5_4820')
    expect(selectionFrom(selectionText(selection), HOUR)).toEqual(selection)
  })

  test.each([null, '', 'a_b_c_d', '1_2_3', '5_1_1_2', '1_2_5_4', '1_2_3_Infinity'])(
    'is none for %j',
    (text) => {
      expect(selectionFrom(text, HOUR)).toBeUndefined()
    },
  )

  test('of failures is of the whole time', () => {
    const failed = selectionFrom('failed', HOUR)
    expect(failed).toMatchObject({ ...HOUR, isFailed: true })
    expect(failed && selectionText(failed)).toBe('failed')
    expect(failed && selectionParams(failed)).toEqual({ status: 'error' })
  })

  test('has parameters in whole nanoseconds', () => {
    const selection = { from: 0.4, to: 10, least: 0.001, most: Infinity, isFailed: false }
    expect(selectionParams(selection)).toEqual({ selFrom: 0, selTo: 10, minDuration: '1000ns' })
  })
})

describe('the heatmap', () => {
  const heat = heatOf({
    start: '1000000000000',
    width: '1000000000',
    bounds: ['1000000', '10000000', '100000000'],
    counts: [
      [5, 0],
      [20, 3],
    ],
    failed: [
      [0, 0],
      [0, 2],
    ],
    spans: 28,
    complete: true,
  })

  test('has times in milliseconds', () => {
    expect(heat).toMatchObject({ start: 1_000_000, width: 1_000, bounds: [1, 10, 100], most: 20 })
  })

  test('has a level for each density, and none for empty cells', () => {
    expect([0, 1, 3, 20, 40].map((count) => levelOf(count, 40))).toEqual([0, 1, 2, 5, 6])
    expect([1, 2, 3].map((count) => levelOf(count, 3))).toEqual([2, 4, 6])
  })

  test('selects cells whichever corner comes first, and counts them', () => {
    const selection = selectionOf(heat, { column: 1, row: 1 }, { column: 0, row: 1 })
    expect(selection).toEqual({ from: 1_000_000, to: 1_002_000, least: 10, most: 100, isFailed: false })
    expect(selectedOf(heat, selection)).toBe(3)
    expect(selectedOf(heat, selectionOf(heat, { column: 0, row: 0 }, { column: 1, row: 1 }))).toBe(28)
    expect(selectedOf(heat, { ...selection, isFailed: true })).toBe(2)
  })

  test('has round ticks', () => {
    expect(logTicks(3, 600)).toEqual([5, 10, 20, 50, 100, 200, 500])
    expect(logTicks(0.01, 0.03)).toEqual([0.01, 0.02])
  })
})

test('what the selected have in common is said in sentences, the same thing once', () => {
  const value = (text: string, insideShare: number, outsideShare: number) => ({
    value: text,
    insideShare,
    outsideShare,
  })
  const phrases = phrasesOf({
    inside: 100,
    outside: 900,
    complete: true,
    attributes: [
      { key: 'calls', score: 1, values: [value('payments: SELECT ledger, 10 times or more', 1, 0)] },
      { key: 'service.instance.id', score: 0.99, values: [value('payments-2', 1, 0.04)] },
      { key: 'host.name', score: 0.98, values: [value('host-2', 1, 0.04)] },
      { key: 'http.response.status_code', score: 0.8, values: [value('500', 0.79, 0.001)] },
      { key: 'card', score: 0.1, values: [value('visa', 0.5, 0.4)] },
    ],
  })
  expect(phrases.map(({ before, strong, after }) => `${before} ${strong}${after}`)).toEqual([
    'All called payments: SELECT ledger, 10 times or more; of the rest none',
    'All ran on payments-2; of the rest 4 %',
    '79 % have http.response.status_code 500; of the rest less than 1 %',
  ])
})
