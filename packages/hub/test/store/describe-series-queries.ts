import { describe, expect, test } from '@jest/globals'
import { markStale, memorySource, queryInstant, queryRange, type SelectedSeries } from '@sightline/promql'

import type { Labels, SeriesWriter } from '../../src/store/samples.ts'
import { EXPRESSIONS } from './expressions.ts'
import { matchers, type SeriesAccess, settle, START, textOf } from './series-access.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const INTERVAL = 15 * SECOND

const SELECTORS = [
  '{job="shop"}',
  '{__name__="up"}',
  '{__name__="up", job="shop"}',
  '{__name__="up", job!="shop"}',
  '{__name__=~"up|requests_total"}',
  '{__name__=~"up|nothing", job=~"sh.*"}',
  '{__name__!~"up|requests_total", job="shop"}',
  '{job=~".+"}',
  '{job="shop", route=""}',
  '{job="shop", route!=""}',
  '{job="shop", route=~".*"}',
  '{job="shop", route=~"|/a"}',
  '{job="shop", route!~"/a|/b"}',
  '{job="shop", route!~".+"}',
  '{__name__=~".+", nothing=""}',
  '{__name__=~".+", nothing="x"}',
  '{__name__=~".+", route!="/a", job!="shop"}',
  '{__name__=~"(?i)UP"}',
  '{__name__="nothing"}',
]

/** The part of the suite about selecting series and evaluating expressions. */
export function describeSeriesQueries(open: () => { writer: SeriesWriter; reader: SeriesAccess }): void {
  /** Writes all samples in the order of their times, with the work in the background that is due meanwhile. */
  function write(series: readonly SelectedSeries[], tended: boolean): void {
    const { writer } = open()
    const samples = series.flatMap(({ labels, times, values }) => {
      const number = writer.series(labels)
      if (number === undefined) throw new Error('The series was refused.')
      return [...times].map((time, index) => ({ number, time, index, values }))
    })
    samples.toSorted((a, b) => a.time - b.time)
    let committed = START
    for (const { number, time, index, values } of samples) {
      if (time >= committed + INTERVAL) {
        writer.commit()
        if (tended) writer.tend(time)
        committed = time
      }
      writer.append(number, time, values[index] ?? 0)
    }
    writer.commit()
  }

  test('selectors find what they find in memory', async () => {
    const series = manySeries(1)
    write(series, false)
    const { reader } = open()
    for (const selector of SELECTORS) {
      const selection = { matchers: matchers(selector), start: 0, end: Infinity }
      const expected = [...(await memorySource(series).select(selection))]
        .map(({ labels }) => textOf(labels))
        .toSorted()
      const found = [...(await reader.select(selection))].map(({ labels }) => textOf(labels)).toSorted()
      expect([selector, found]).toEqual([selector, expected])
      const listed = await reader.series([selection])
      expect([selector, listed.map(textOf).toSorted()]).toEqual([selector, expected])
    }
  })

  test('series are in the order of their labels, also after others have come', async () => {
    const { writer, reader } = open()
    const selection = { matchers: matchers('{job="shop"}'), start: 0, end: Infinity }
    const select = async () => [...(await reader.select(selection))].map(({ labels }) => labels)
    const begin = (labels: Labels) => {
      const number = writer.series(labels)
      if (number === undefined) throw new Error('The series was refused.')
      writer.append(number, START, 1)
      writer.commit()
    }
    const [a, b, c] = ['a', 'b', 'c'].map((route) => ({ __name__: 'up', job: 'shop', route }))
    if (a === undefined || b === undefined || c === undefined) throw new Error('There are three.')
    begin(c)
    begin({ __name__: 'up', job: 'blog' })
    begin(a)
    expect(await select()).toEqual([a, c])
    expect(await select()).toEqual([a, c])
    begin(b)
    expect(await select()).toEqual([a, b, c])
    expect(await reader.labelValues('route', [selection])).toEqual(['a', 'b', 'c'])
    expect(reader.isOrdered).toBe(true)
  })

  test('names and values of labels are listed, of all series or of some', async () => {
    write(manySeries(1), false)
    const { reader } = open()
    const some = (
      selector: string,
    ): { matchers: ReturnType<typeof matchers>; start: number; end: number } => ({
      matchers: matchers(selector),
      start: START,
      end: START + HOUR,
    })
    expect(await reader.labelNames([])).toEqual(['__name__', 'instance', 'job', 'le', 'route'])
    expect(await reader.labelNames([some('up')])).toEqual(['__name__', 'instance', 'job'])
    expect(await reader.labelValues('job', [])).toEqual(['blog', 'shop'])
    expect(await reader.labelValues('job', [some('{instance="0", job!="blog"}')])).toEqual(['shop'])
    expect(await reader.labelValues('route', [some('up')])).toEqual([])
    expect(await reader.labelValues('route', [some('up'), some('requests_total')])).toEqual(['/a', '/b'])
    const later = { matchers: matchers('{job=~".+"}'), start: START + 24 * HOUR, end: START + 25 * HOUR }
    expect(await reader.series([later])).toEqual([])
    expect(await reader.labelValues('job', [later])).toEqual([])
  })

  describe('expressions have the results that they have in memory', () => {
    test.each([
      ['from batches', 20 * MINUTE, false, 0],
      ['from blocks and batches', HOUR, true, 0],
      ['from merged blocks', 8 * HOUR, true, 0],
      [
        'from blocks of a resolution that is finer than the interval of the samples',
        8 * HOUR,
        true,
        24 * HOUR,
      ],
    ])('%s', async (_, length, tended, age) => {
      const series = manySeries(length / INTERVAL)
      write(series, tended)
      const { writer, reader } = open()
      const end = START + length
      if (tended) settle(writer, end)
      if (age > 0) settle(writer, end + age)
      const memory = memorySource(series)
      for (const expression of EXPRESSIONS) {
        const instant = { time: end - 7 * SECOND }
        const range = { start: end - length, end, step: length / 20 }
        const found = [
          await queryInstant(reader, expression, instant),
          await queryRange(reader, expression, range),
        ]
        const expected = [
          await queryInstant(memory, expression, instant),
          await queryRange(memory, expression, range),
        ]
        expect([expression, found]).toEqual([expression, expected])
      }
    })
  })
}

/** Series with gaps, resets, staleness markers and irregular times. */
function manySeries(count: number): SelectedSeries[] {
  const series: SelectedSeries[] = []
  let seed = 1
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  const add = (labels: Labels, next: (index: number, before: number) => number): void => {
    const times: number[] = []
    const values: number[] = []
    const stale: number[] = []
    const jitter = random() < 0.5 ? 5 : 0
    let value = 0
    for (let index = 0; index < count; index++) {
      value = next(index, value)
      // One of 50 scrapes fails, and one of 100 ends the series for a while.
      if (random() < 0.02) continue
      times.push(START + index * INTERVAL + Math.floor(random() * jitter))
      values.push(value)
      if (random() < 0.01) stale.push(values.length - 1)
    }
    const stored = Float64Array.from(values)
    for (const index of stale) markStale(stored, index)
    series.push({ labels, times: Float64Array.from(times), values: stored })
  }
  for (const job of ['shop', 'blog']) {
    for (const instance of ['0', '1', '2']) {
      add({ __name__: 'up', job, instance }, () => 1)
      add({ __name__: 'memory_bytes', job, instance }, () => Math.floor(random() * 1e9))
      add({ __name__: 'load', job, instance }, (_, before) => before * 0.9 + random())
      for (const route of ['/a', '/b']) {
        const counter = (index: number, before: number): number =>
          index % 97 === 96 ? 0 : before + Math.floor(random() * 10)
        add({ __name__: 'requests_total', job, instance, route }, counter)
        add({ __name__: 'duration_seconds_sum', job, instance, route }, (_, before) => before + random())
        const buckets = ['0.1', '0.5', '1', '+Inf']
        buckets.forEach((le, bucket) =>
          add(
            { __name__: 'duration_seconds_bucket', job, instance, route, le },
            (index) => index * (bucket + 1),
          ),
        )
      }
    }
  }
  return series.filter(({ times }) => times.length > 0)
}
