import { expect, it } from '@jest/globals'

import { Tally } from '../../src/hub/load/tally.ts'
import { differenceOf, outcomesOf, surprisesOf, unacceptedOf } from '../../src/hub/steps/accounting.ts'

const ok = { code: '200', isPartial: false }

function reports() {
  const [spans, logs] = [new Tally('traces'), new Tally('logs')]
  spans.add(ok, 512, 1_000, 1_020)
  spans.add({ code: '503', isPartial: false }, 512, 900, 1_500)
  spans.add(ok, 100, 1_100, 3_000)
  logs.add({ code: 'ECONNRESET', isPartial: false }, 7, 1_000, 1_001)
  logs.add({ code: '200', isPartial: true }, 5, 1_000, 1_001)
  return [spans.report(), logs.report()]
}

it('accepts the items of requests that are answered with 200', () => {
  expect(reports()[0]).toEqual({
    signal: 'traces',
    outcomes: { 200: 2, 503: 1 },
    accepted: 612,
    sent: 1_124,
    partial: 0,
    seconds: 2.1,
    latencies: [20, 1_900],
  })
  expect(unacceptedOf(reports())).toBe(512 + 7)
})

it('finds no difference where all accepted items are stored', () => {
  expect(differenceOf(reports(), { traces: 612, logs: 5 })).toBe(0)
  expect(differenceOf([...reports(), ...reports()], { traces: 1_224, logs: 10 })).toBe(0)
})

it('counts items that are missing and items that are too many, of all signals', () => {
  expect(differenceOf(reports(), { traces: 600, logs: 8 })).toBe(12 + 3)
  expect(differenceOf(reports(), {})).toBe(617)
})

it('counts outcomes that are not allowed, and requests that were rejected in part', () => {
  expect(surprisesOf(reports(), ['200', '503'])).toBe(2)
  expect(surprisesOf(reports(), ['200'])).toBe(3)
  expect(outcomesOf(reports())).toBe('1 x 503, 1 x ECONNRESET, 3 x 200')
})
