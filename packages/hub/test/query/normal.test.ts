import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { SelectedSeries } from '@sightline/promql'

import { createApi } from '../../src/api/api.ts'
import type { Normal } from '../../src/query/normal/normal.ts'
import { partsOver } from '../api/api-over.ts'
import { storedSeries, type StoredSeries } from '../stored/series.ts'

const NOW = Date.UTC(2026, 0, 31, 12, 34)
const HOUR = 3_600_000
const DAY = 24 * HOUR
const EVERY = 300_000

/** A value every 5 minutes in the last days, where there is one. */
function gauge(name: string, days: number, valueAt: (time: number) => number | undefined): SelectedSeries {
  const first = Math.floor(NOW / EVERY) * EVERY - days * DAY
  const samples = Array.from({ length: (days * DAY) / EVERY }, (_, index) => {
    const time = first + index * EVERY
    return { time, value: valueAt(time) }
  }).filter(({ value }) => value !== undefined)
  return {
    labels: { __name__: name },
    times: Float64Array.from(samples, ({ time }) => time),
    values: Float64Array.from(samples, ({ value }) => value ?? NaN),
  }
}

const hourOf = (time: number) => new Date(time).getUTCHours()
const daysBefore = (time: number) => Math.floor((NOW - time) / DAY)

/** Each hour has its level, each day its difference from it, and each part of an hour a small one. */
const daily = (time: number) => 1_000 * hourOf(time) + 10 * daysBefore(time) + (time % HOUR) / EVERY / 100

let stored: StoredSeries
let api: ReturnType<typeof createApi>

beforeAll(async () => {
  stored = await storedSeries({
    series: [
      gauge('daily', 40, daily),
      gauge('new', 2, daily),
      gauge('known', 3, daily),
      gauge('office', 20, (time) => (time % DAY < 11.5 * HOUR ? 7 : undefined)),
    ],
  })
  api = createApi({ ...partsOver(stored.reader), now: () => NOW })
})

afterAll(() => stored.remove())

async function ask(query: Record<string, string>): Promise<{ status: number; body: Normal }> {
  const signal = new AbortController().signal
  const parameters = new URLSearchParams({ from: 'now-3h', step: '15m', ...query })
  const request = { method: 'GET', path: '/api/normal', query: parameters, headers: {}, signal }
  const { status, body } = await api(request)
  return { status, body: JSON.parse(Buffer.from(body).toString()) as Normal }
}

/** The bounds of `daily` in the hour of a time, from all its values in the 28 days before the day of the range. */
function bounds(time: number, start: number): { low: number; high: number } {
  const values: number[] = []
  for (let day = 1; day <= 28; day++)
    for (let part = 0; part < HOUR / EVERY; part++) {
      const hour = Math.floor(time / HOUR) * HOUR
      const back = day + Math.ceil((hour - Math.floor(start / HOUR) * HOUR + 1) / DAY) - 1
      values.push(daily(hour - back * DAY + part * EVERY))
    }
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const [a = NaN, b = NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
    return a + (b - a) * (place % 1)
  }
  return { low: at(0.05), high: at(0.95) }
}

describe('the normal range', () => {
  test('is the 5th to 95th percentile of the same hour in 28 days, at each step', async () => {
    const { body } = await ask({ query: 'daily' })
    const start = NOW - 3 * HOUR
    const expected = Array.from({ length: 13 }, (_, index) => bounds(start + index * 15 * 60_000, start))
    expect(body).toEqual({
      low: expected.map(({ low }) => expect.closeTo(low, 6)),
      high: expected.map(({ high }) => expect.closeTo(high, 6)),
      days: 28,
      complete: true,
    })
  })

  test('of a range longer than a day has the 28 days before it', async () => {
    const { body } = await ask({ query: 'daily', from: 'now-5d', step: '6h' })
    expect(body.days).toBe(28)
    expect(body.low).toHaveLength(21)
    // The same hours have the same range on each day of it.
    expect(body.high?.slice(0, 4)).toEqual(body.high?.slice(4, 8))
    expect(body.low?.[0]).toBeGreaterThan(1_000 * hourOf(NOW) + 50)
  })

  test('needs history of 3 days', async () => {
    expect(await ask({ query: 'new' })).toMatchObject({ body: { low: null, high: null, days: 2 } })
    expect(await ask({ query: 'known' })).toMatchObject({
      body: { low: expect.arrayContaining([expect.any(Number)]), days: 3 },
    })
    expect(await ask({ query: 'unknown' })).toMatchObject({ body: { low: null, high: null, days: 0 } })
  })

  test('has no bounds for hours without history', async () => {
    const { body } = await ask({ query: 'office', step: '1h' })
    // 09:34, 10:34, 11:34 and 12:34.
    expect(body).toMatchObject({ low: [7, 7, 7, null], high: [7, 7, 7, null] })
  })

  test('is not made of constants', async () => {
    expect(await ask({ query: 'unknown or vector(0)' })).toMatchObject({ body: { low: null, days: 0 } })
    expect(await ask({ query: 'sum(new) or vector(0)' })).toMatchObject({ body: { low: null, days: 2 } })
  })

  test('ends at the time limit', async () => {
    const { queries } = partsOver(stored.reader)
    const task = { query: 'daily', start: NOW - HOUR, end: NOW, step: 60_000 }
    const answer = await queries.json('normal', task, { timeoutMs: 0 })
    expect(JSON.parse(Buffer.from(answer).toString())).toEqual({
      low: null,
      high: null,
      days: 0,
      complete: false,
    })
  })

  test.each([
    [{ query: '{__name__=~"daily|new"}' }, 'The query must have one series, not 2'],
    [
      { query: 'daily', step: 'x' },
      'The parameter step must be seconds or a span of time such as 15s, not "x"',
    ],
    [
      { query: 'daily', step: '0.01' },
      'The parameter step must be longer: the range has more than 11000 steps',
    ],
    [{ query: '' }, 'The parameter query is missing'],
    [{ query: 'sum(' }, expect.stringMatching(/parse error/)],
    [{ query: 'daily[5m]' }, expect.stringMatching(/range vector/)],
  ])('refuses %j', async (query, error) => {
    expect(await ask(query)).toEqual({ status: 400, body: { error } })
  })
})
