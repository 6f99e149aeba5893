import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Selection, STALE_BITS } from '@sightline/promql'

import type { SeriesWriter } from '../../src/store/samples.ts'
import { describeSeriesQueries } from './describe-series-queries.ts'
import { bitsOf, matchers, readAll, type SeriesAccess, settle, START, textOf } from './series-access.ts'

/** A store of series for one test, empty at first. */
export interface SeriesStore {
  /** Only one writer is open at a time. */
  openWriter(limits?: { readonly seriesPerJob: number }): SeriesWriter
  openReader(): SeriesAccess
  /** Removes the data. Writers and readers are closed before. */
  remove(): Promise<void>
}

const SECOND = 1_000

/** The suite that says what a store of series is. It knows no implementation. */
export function describeSeries(name: string, create: () => Promise<SeriesStore>): void {
  describe(`the series of ${name}`, () => {
    let store: SeriesStore
    let writer: SeriesWriter
    let reader: SeriesAccess

    beforeEach(async () => {
      store = await create()
      writer = store.openWriter()
      reader = store.openReader()
    })
    afterEach(async () => {
      reader.close()
      writer.close()
      await store.remove()
    })

    const all = (start = 0, end = Infinity): Selection => ({
      matchers: matchers('{__name__=~".+"}'),
      start,
      end,
    })
    const numberOf = (labels: Record<string, string>): number => {
      const number = writer.series(labels)
      if (number === undefined) throw new Error('The series was refused.')
      return number
    }

    describe('samples', () => {
      const VALUES = [
        0,
        1,
        -1,
        0.1,
        1e300,
        5e-324,
        -0,
        Infinity,
        -Infinity,
        NaN,
        2 ** 53,
        12.375,
        12.375,
        0.1 + 0.2,
      ]

      test('are read as they were appended, bit by bit, in batches and in chunks', async () => {
        const stale = new Float64Array(BigUint64Array.of(STALE_BITS).buffer)
        const one = numberOf({ __name__: 'all_kinds', job: 'shop' })
        VALUES.forEach((value, index) => writer.append(one, START + index * SECOND, value))
        writer.append(one, START + 100 * SECOND, stale[0] ?? 0)
        writer.commit()
        const expected = [...VALUES.map((value) => bitsOf(value)), STALE_BITS]
        for (const state of ['batches', 'chunks']) {
          const [series] = await readAll(reader, all())
          expect([state, series?.labels]).toEqual([state, { __name__: 'all_kinds', job: 'shop' }])
          expect([...(series?.times ?? [])].at(-1)).toBe(START + 100 * SECOND)
          expect(series?.bits).toEqual(expected)
          settle(writer, START + 3_600 * SECOND)
        }
      })

      test('are visible after their commit, and not before', async () => {
        writer.append(numberOf({ __name__: 'up' }), START, 1)
        expect(await readAll(reader, all())).toEqual([])
        writer.commit()
        expect(await readAll(reader, all())).toHaveLength(1)
      })

      test('outside of the time range are not needed, those at its ends are', async () => {
        const one = numberOf({ __name__: 'up' })
        for (let index = 0; index < 10; index++) {
          writer.append(one, START + index * SECOND, index)
          writer.commit()
        }
        for (const round of [1, 2]) {
          const [series] = await readAll(reader, all(START + 3 * SECOND, START + 5 * SECOND))
          const within = series?.times.filter(
            (time) => time >= START + 3 * SECOND && time <= START + 5 * SECOND,
          )
          expect([round, within]).toEqual([round, [3, 4, 5].map((index) => START + index * SECOND)])
          expect(await readAll(reader, all(START + 60 * SECOND, START + 70 * SECOND))).toEqual([])
          settle(writer, START + 3_600 * SECOND)
        }
      })

      test('that are older than the newest of their series are refused and counted, also after a restart', async () => {
        const one = numberOf({ __name__: 'up' })
        writer.append(one, START, 1)
        writer.append(one, START - 1, 1)
        writer.append(one, START, 2)
        expect(writer.counts.outOfOrder).toBe(2)
        writer.append(one, START, 1) // An equal one is not counted, since nothing is lost.
        expect(writer.counts).toMatchObject({ samples: 1, outOfOrder: 2 })
        writer.commit()
        for (const round of [1, 2]) {
          writer.close()
          writer = store.openWriter()
          const again = numberOf({ __name__: 'up' })
          writer.append(again, START - 1, 1)
          writer.append(again, START, 2)
          writer.append(again, START, 1)
          writer.commit()
          expect([round, writer.counts.samples, writer.counts.outOfOrder]).toEqual([round, 0, 2])
          settle(writer, START + 3_600 * SECOND)
        }
        expect((await readAll(reader, all()))[0]?.times).toEqual([START])
      })

      test('of one commit may be years apart', async () => {
        const times = [0, 1, 400, 4_000].map((days) => START - 86_400_000 * (4_000 - days))
        times.forEach((time, index) =>
          writer.append(numberOf({ __name__: 'm', index: `${index}` }), time, index),
        )
        writer.commit()
        const found = await readAll(reader, all())
        expect(found.map((series) => series.times[0]).toSorted(ascending)).toEqual(times)
      })

      test('have whole milliseconds, and are refused with what is no time', async () => {
        const one = numberOf({ __name__: 'up' })
        for (const time of [NaN, -1, Infinity, START + 0.9, START + 0.95, START + 1])
          writer.append(one, time, 1)
        writer.commit()
        expect(await readAll(reader, all())).toMatchObject([{ times: [START, START + 1] }])
        expect(writer.counts).toMatchObject({ samples: 2, outOfOrder: 3 })
      })

      test('can be a zero at which a counter began, unless there is a later one', async () => {
        const one = numberOf({ __name__: 'requests_total' })
        expect(writer.begin(one, START)).toBe(true)
        writer.append(one, START + SECOND, 5)
        expect(writer.begin(one, START)).toBe(false)
        writer.commit()
        expect(await readAll(reader, all())).toMatchObject([
          { times: [START, START + SECOND], values: [0, 5] },
        ])
        expect(writer.counts).toMatchObject({ samples: 2, outOfOrder: 0 })
      })
    })

    describe('series', () => {
      test('have one number for equal labels, in any order, also after a restart', () => {
        const one = numberOf({ __name__: 'up', job: 'a', zone: 'b' })
        expect(numberOf({ zone: 'b', job: 'a', __name__: 'up' })).toBe(one)
        expect(numberOf({ zone: 'b', job: 'a', empty: '', __name__: 'up' })).toBe(one)
        expect(numberOf({ zone: 'b', __name__: 'up' })).not.toBe(one)
        writer.append(one, START, 1)
        writer.commit()
        writer.close()
        writer = store.openWriter()
        expect(numberOf({ __name__: 'up', job: 'a', zone: 'b' })).toBe(one)
      })

      test('beyond the limit of their job are refused and counted, and do not disturb other jobs', () => {
        writer.close()
        writer = store.openWriter({ seriesPerJob: 3 })
        const numbers = Array.from({ length: 5 }, (_, index) =>
          writer.series({ __name__: `m${index}`, job: 'a' }),
        )
        expect(numbers.map((number) => number !== undefined)).toEqual([true, true, true, false, false])
        expect(writer.series({ __name__: 'm0', job: 'a' })).toBe(numbers[0])
        expect(writer.series({ __name__: 'm0', job: 'b' })).toEqual(expect.any(Number))
        writer.refuse('a', 10)
        expect(Object.fromEntries(writer.counts.overLimit)).toEqual({ a: 12 })
        expect(Object.fromEntries(writer.counts.series)).toEqual({ a: 3, b: 1 })
      })

      test('that had no sample for an hour do not count any more', () => {
        writer.close()
        writer = store.openWriter({ seriesPerJob: 1 })
        writer.append(numberOf({ __name__: 'old', job: 'a' }), START, 1)
        writer.commit()
        settle(writer, START)
        expect(writer.series({ __name__: 'new', job: 'a' })).toBeUndefined()
        for (let minute = 0; minute <= 90; minute += 10) settle(writer, START + minute * 60 * SECOND)
        expect(writer.series({ __name__: 'new', job: 'a' })).toEqual(expect.any(Number))
      })

      test('keep the characters of their labels', async () => {
        const labels = { __name__: 'm', quote: '"\\\n', emoji: '🦊', nul: 'a\0b', __proto__x: 'x' }
        writer.append(numberOf(labels), START, 1)
        writer.commit()
        expect((await readAll(reader, all())).map((series) => series.labels)).toEqual([labels])
        for (const [label, value] of Object.entries(labels)) {
          expect(await reader.labelValues(label, [])).toEqual([value])
          const selected = await reader.select({
            ...all(),
            matchers: [...matchers(`{${label}=${JSON.stringify(value).replace('\\u0000', '\\000')}}`)],
          })
          expect([...selected]).toHaveLength(1)
        }
      })
    })

    test('a read sees all samples once at each moment of the work in the background', async () => {
      const numbers = Array.from({ length: 200 }, (_, index) =>
        numberOf({ __name__: 'm', index: `${index}` }),
      )
      let now = START
      const expected = numbers.map((): number[] => [])
      for (let round = 0; round < 40; round++) {
        now += 31 * SECOND
        numbers.forEach((number, index) => {
          writer.append(number, now, round)
          expected[index]?.push(now)
        })
        writer.commit()
        while (writer.tend(now)) {
          const found = await readAll(reader, all())
          expect(found.map(({ times }) => times.length)).toEqual(numbers.map(() => round + 1))
        }
      }
      const found = await readAll(reader, all())
      expect(found.map(({ times }) => times)).toEqual(expected)
    })

    test('all that was committed is there after a restart', async () => {
      const one = numberOf({ __name__: 'up' })
      writer.append(one, START, 1)
      writer.metadata('up', { type: 'gauge', help: 'Whether it is up', unit: '' })
      writer.exemplar(one, { labels: { trace_id: 'ab' }, value: 1, time: START })
      writer.commit()
      writer.append(one, START + 1, 1)
      writer.close()
      reader.close()
      writer = store.openWriter()
      reader = store.openReader()
      expect(await readAll(reader, all())).toMatchObject([{ times: [START] }])
      expect(await reader.metadata()).toEqual(
        new Map([['up', { type: 'gauge', help: 'Whether it is up', unit: '' }]]),
      )
      expect(await reader.exemplars([all()])).toHaveLength(1)
    })

    test('the metadata of a name is the last that was written', async () => {
      writer.metadata('a_total', { type: 'unknown', help: '', unit: '' })
      writer.commit()
      writer.metadata('a_total', { type: 'counter', help: 'All of them', unit: 's' })
      writer.metadata('b', { type: 'histogram', help: 'B', unit: '' })
      writer.commit()
      const counter = { type: 'counter', help: 'All of them', unit: 's' }
      expect(await reader.metadata('a_total')).toEqual(new Map([['a_total', counter]]))
      expect([...(await reader.metadata()).keys()].toSorted()).toEqual(['a_total', 'b'])
      expect(await reader.metadata('c')).toEqual(new Map())
    })

    test('exemplars are found by series and time, and are at least ten seconds apart', async () => {
      const one = numberOf({ __name__: 'd_bucket', le: '1' })
      const other = numberOf({ __name__: 'd_bucket', le: '2' })
      for (let second = 0; second < 60; second++)
        writer.exemplar(one, {
          labels: { trace_id: `t${second}` },
          value: second,
          time: START + second * SECOND,
        })
      writer.exemplar(other, { labels: { trace_id: 'other' }, value: 1.5, time: START })
      writer.commit()
      const found = await reader.exemplars([
        { matchers: matchers('{le="1"}'), start: START + 20 * SECOND, end: START + 40 * SECOND },
      ])
      expect(found).toEqual([
        {
          labels: { __name__: 'd_bucket', le: '1' },
          exemplars: [20, 30, 40].map((second) => ({
            labels: { trace_id: `t${second}` },
            value: second,
            time: START + second * SECOND,
          })),
        },
      ])
      expect((await reader.exemplars([all()])).map(({ labels }) => textOf(labels))).toHaveLength(2)
      expect(writer.counts.exemplars).toBe(7)
    })

    test('exemplars of many series are those of each', async () => {
      for (let index = 0; index < 1_200; index++)
        for (const time of [0, 20, 40])
          writer.exemplar(numberOf({ __name__: 'd_bucket', le: `${index}`, half: `${index % 2}` }), {
            labels: { trace_id: `${index}` },
            value: index,
            time: START + time * SECOND,
          })
      writer.commit()
      for (const [selector, count] of [
        ['d_bucket', 1_200],
        ['d_bucket{half="0"}', 600],
      ] as const) {
        const selection = { matchers: matchers(selector), start: START + SECOND, end: START + 30 * SECOND }
        const found = await reader.exemplars([selection])
        expect(found).toHaveLength(count)
        for (const { labels, exemplars } of found)
          expect(exemplars).toEqual([
            { labels: { trace_id: labels['le'] }, value: Number(labels['le']), time: START + 20 * SECOND },
          ])
      }
    })

    describeSeriesQueries(() => ({ writer, reader }))
  })
}

function ascending(a: number | undefined, b: number | undefined): number {
  return (a ?? 0) - (b ?? 0)
}
