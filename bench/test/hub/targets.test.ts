import { expect, it } from '@jest/globals'

import { hubTable } from '../../src/hub/report/table.ts'
import { merged, type Row } from '../../src/hub/results.ts'
import { isReached, scaled, type Target, TARGETS } from '../../src/hub/targets.ts'

const named = (name: string): Target => {
  const target = TARGETS.find((each) => each.name === name)
  if (target === undefined) throw new Error(`There is no target ${name}`)
  return target
}
const row = (target: string, value: number, more: Partial<Row> = {}): Row => ({
  target,
  value,
  date: '2026-11-20',
  loadAverage: 1.25,
  fastifyMicros: 26,
  ...more,
})

it('expects half the rate and twice the time of a machine that is half as fast', () => {
  expect(scaled(named('spans'), 2)).toBe(30_000)
  expect(scaled(named('trace'), 2)).toBe(40)
})

it('expects the same bytes, memory, losses and quotients of each machine', () => {
  for (const name of ['span-bytes', 'mixed-rss', 'mixed-lost', 'spans-bare', 'overload-recovery'])
    expect(scaled(named(name), 2)).toBe(named(name).value)
})

it('reaches a rate from below, and a time from above', () => {
  expect(isReached(named('spans'), 30_000, 2)).toBe(true)
  expect(isReached(named('spans'), 29_999, 2)).toBe(false)
  expect(isReached(named('trace'), 40, 2)).toBe(true)
  expect(isReached(named('trace'), 40.1, 2)).toBe(false)
  expect(isReached(named('ranges'), 1e9, 1)).toBe(true)
})

it('has each target once', () => {
  expect(new Set(TARGETS.map(({ name }) => name)).size).toBe(TARGETS.length)
})

it('shows the target, that of this machine, and the measured value in a row', () => {
  const rows = [
    row('spans', 31_234.5, { note: '20 µs of CPU each' }),
    row('trace', 50.4, { at: '1 million spans' }),
    row('spans-bare', 0.456),
    row('mixed-lost', 0),
    row('ranges', 12),
  ]
  const [, , ...lines] = hubTable({ node: '24.0.0', cpu: 'a cpu', cores: 2, rows }).split('\n')
  const cells = lines.slice(0, 5).map((line) => line.split('|').map((cell) => cell.trim()))
  expect(cells.map((each) => each.slice(2, 7))).toEqual([
    ['/s', '≥ 60,000', '≥ 30,000', '31,235', 'reached'],
    ['ms', '≤ 20', '≤ 40', '50', 'missed'],
    ['x', '≥ 0.80', '≥ 0.80', '0.46', 'missed'],
    ['items', '0', '0', '0', 'reached'],
    ['ms', '', '', '12', ''],
  ])
  expect(cells[0]?.slice(7)).toEqual([named('spans').best, '1.3', '20 µs of CPU each', ''])
  expect(cells[1]?.[1]).toBe('trace by id, p95, at 1 million spans')
})

it('keeps rows that were not measured again, and those of another amount of data, in the order of the targets', () => {
  const earlier = [row('kill', 0), row('trace', 5, { at: '50 million spans' }), row('spans', 1)]
  const measured = [row('trace', 6, { at: '1 million spans' }), row('spans', 2), row('logs', 3)]
  expect(merged(earlier, measured).map(({ target, at, value }) => [target, at, value])).toEqual([
    ['spans', undefined, 2],
    ['logs', undefined, 3],
    ['trace', '1 million spans', 6],
    ['trace', '50 million spans', 5],
    ['kill', undefined, 0],
  ])
})
