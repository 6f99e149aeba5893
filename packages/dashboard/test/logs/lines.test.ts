import { describe, expect, test } from '@jest/globals'

import { bucketsOf, lanesOf, lanesText, perText } from '../../src/logs/lanes.ts'
import { fieldsOf, type Log, messageOf, shortName } from '../../src/logs/log.ts'
import { markdownOf, plainRecord, recordFields } from '../../src/logs/record.ts'
import { merged, Rows } from '../../src/logs/rows.ts'
import { partOf, rowAt, topOf, yOf } from '../../src/logs/window.ts'

const START = 1_769_860_800_000
const log = (ms: number, body: unknown = 'pool is empty', more: Partial<Log> = {}): Log => ({
  cursor: `c${ms}`,
  time: `${START + ms}000000`,
  level: 'warn',
  service: 'shop',
  instance: 'shop-1',
  body,
  attributes: { waiting: 14 },
  eventName: '',
  traceId: '',
  spanId: '',
  resource: {},
  ...more,
})

describe('rows', () => {
  test('fold lines that read the same within five seconds, also with others between them', () => {
    const rows = new Rows(true)
    const first = rows.of([log(0), log(100, 'other'), log(3_000)])
    expect(first.map(({ times }) => times)).toEqual([2, 1])
    expect(first[0]?.until).toBe(`${START + 3_000}000000`)
    expect(
      rows.of([log(4_999), log(5_001), log(5_002, undefined, { attributes: { waiting: 13 } })]),
    ).toHaveLength(2)
    expect(first[0]?.times).toBe(3)
  })

  test('stay apart where folding is off', () => {
    expect(new Rows(false).of([log(0), log(1)])).toHaveLength(2)
  })

  test('stand in the order of time when they arrive out of it', () => {
    const rows = new Rows(false)
    const all = merged(rows.of([log(0), log(10), log(20)]), rows.of([log(15), log(5), log(30)]))
    expect(all.map((row) => row.log.cursor)).toEqual(['c0', 'c5', 'c10', 'c15', 'c20', 'c30'])
    expect(merged(all, [])).toEqual(all)
  })
})

describe('the drawn part of a list', () => {
  const heights = { count: 100_000, row: 22, opened: { index: 1_000, more: 300 } }

  test('covers what is seen, with the space of all others around it', () => {
    for (const y of [0, 21_900, 22_100, 22_400, 1_000_000, 2_200_300 - 700]) {
      const { first, end, before, after } = partOf(heights, y, 700)
      expect(before).toBeLessThanOrEqual(y)
      expect(topOf(heights, end)).toBeGreaterThanOrEqual(Math.min(y + 700, 2_200_300))
      expect(end - first).toBeLessThan(80)
      expect(before + (topOf(heights, end) - topOf(heights, first)) + after).toBe(2_200_300)
    }
  })

  test('scrolls only as far as a row needs to be in sight', () => {
    expect(yOf(heights, 20, 100, 700)).toBe(100)
    expect(yOf(heights, 2, 100, 700)).toBe(44)
    expect(yOf(heights, 40, 100, 700)).toBe(40 * 22 + 66 - 700)
    expect(yOf(heights, 1_001, 0, 700)).toBe(1_001 * 22 + 300 + 66 - 700)
  })

  test('finds the row at a distance, the opened one included', () => {
    expect(rowAt(heights, 22_010)).toBe(1_000)
    expect(rowAt(heights, 22_300)).toBe(1_000)
    expect(rowAt(heights, 22_330)).toBe(1_001)
    expect(rowAt(heights, 1e9)).toBe(99_999)
    expect(partOf({ count: 0, row: 22 }, 0, 700)).toEqual({ first: 0, end: 0, before: 0, after: 0 })
  })
})

describe('lanes', () => {
  test('have bars that begin at multiples of their width and cover the range', () => {
    const buckets = bucketsOf({ from: START + 1_234, to: START + 3_601_234 })
    expect(buckets).toEqual({ from: START, to: START + 61 * 60_000, width: 60_000, count: 61 })
    expect(bucketsOf({ from: 0, to: 400 * 86_400_000 }).count).toBeLessThanOrEqual(61)
    expect(bucketsOf({ from: 5, to: 6 }).count).toBe(1)
    expect([1_000, 15_000, 60_000, 300_000, 3_600_000, 86_400_000, 604_800_000].map(perText)).toEqual([
      'per second',
      'per 15 s',
      'per minute',
      'per 5 min',
      'per hour',
      'per day',
      'per 7 d',
    ])
  })

  test('count fatal records as errors, and leave out levels that nothing has', () => {
    const levels = { error: [0, 1], fatal: [0, 2], warn: [4, 0], info: [0, 0], trace: [0, 0], debug: [0, 0] }
    const lanes = lanesOf({ levels })
    expect(lanes.map(({ name, sum, most }) => [name, sum, most])).toEqual([
      ['error', 3, 3],
      ['warn', 4, 4],
      ['info', 0, 0],
    ])
    const buckets = { from: START, to: START + 120_000, width: 60_000, count: 2 }
    expect(lanesText(lanes, buckets, (ms) => `+${(ms - START) / 1_000}`)).toBe(
      'Lines per minute by level. error: 3 from +60 on, most 3 at +60. warn: 4, most 4 at +0. info: none.',
    )
  })
})

describe('a record', () => {
  const record = log(
    0,
    { a: 1 },
    {
      level: 'error',
      traceId: 'ab',
      attributes: {
        'url.path': '/p',
        status: 503,
        'http.route': '/pay',
        'exception.stacktrace': 'E\n  at x',
        note: '`a`',
      },
      resource: { 'service.name': 'shop', 'host.name': 'h1', 'service.version': '1.4.2' },
    },
  )

  test('shows the usual attributes first and leaves long ones to the opened line', () => {
    expect(fieldsOf(record)).toEqual([
      ['route', '/pay'],
      ['status', '503'],
      ['note', '`a`'],
    ])
    expect(messageOf(record)).toBe('{"a":1}')
    expect(messageOf({ body: null, eventName: 'cart.opened' })).toBe('cart.opened')
    expect(fieldsOf({ attributes: { text: 'x'.repeat(500) } })[0]?.[1]).toHaveLength(121)
  })

  test('has all fields in a fixed order, with the names of the search language', () => {
    expect(recordFields(record).map(({ name, field }) => [name, field])).toEqual([
      ['time', undefined],
      ['level', 'level'],
      ['msg', 'message'],
      ['service', 'service'],
      ['version', 'version'],
      ['trace_id', 'trace'],
      ['url.path', 'url.path'],
      ['status', 'status'],
      ['http.route', 'http.route'],
      ['note', 'note'],
      ['host.name', 'host.name'],
      ['exception.stacktrace', 'exception.stacktrace'],
    ])
    expect(plainRecord(record)).toMatchObject({ time: '2026-01-31T12:00:00.000Z', status: 503 })
  })

  test('keeps received text inside of code in Markdown', () => {
    const text = markdownOf({ ...record, body: 'a\n```\n# b' })
    expect(text).toContain('````\na\n```\n# b\n````')
    expect(text).toContain('- note: `` `a` ``')
  })

  test('has a short instance name that keeps its end', () => {
    expect(['payments-1', 'payments-tp80pj-1'].map(shortName)).toEqual(['payments-1', 'payments…-1'])
  })
})
