import { describe, expect, test } from '@jest/globals'

import type { LogRow } from '../columns.ts'
import type { Bench } from './bench.ts'
import {
  ALWAYS,
  allPages,
  EVERYTHING,
  field,
  LIMITS,
  MS,
  resourceOf,
  scope,
  SECOND,
  spanId,
  START,
  text,
  traceId,
  writeLogs,
} from './samples.ts'

/** A record with something in each of its fields. */
const whole = {
  time: START,
  observedTime: START + 17n,
  severity: 13,
  severityText: 'WARN',
  body: 'disk is nearly full',
  attributes: { 'disk.free': 0.03, path: '/var/lib', tags: ['a'], big: 2n ** 62n, ok: false },
  droppedAttributes: 2,
  flags: 1,
  traceId: traceId(1),
  spanId: spanId(1),
  eventName: 'disk.full',
  resource: resourceOf('orders'),
  scope,
}

/** Log records: what is stored, pages, surroundings, counts. */
export function describeLogs(bench: Bench): void {
  const line = (n: number, more: LogRow = {}): LogRow => ({
    time: START + BigInt(n) * MS,
    body: `line ${n}`,
    ...more,
  })
  const numbersOf = (logs: readonly { readonly body: unknown }[]) =>
    logs.map(({ body }) => Number(String(body).split(' ')[1]))
  const down = (count: number) => [...Array(count).keys()].toReversed()

  describe('a search for log records', () => {
    test('has them as they were received', async () => {
      writeLogs(bench, [whole])
      const [log] = await allPages(bench.reader(), {})
      expect(log).toEqual({ ...whole, cursor: expect.any(String) })
    })

    test.each([
      ['text', 'a line'],
      ['number', 17],
      ['fraction', -0.5],
      ['boolean', true],
      ['large integer', 2n ** 63n - 1n],
      ['map', { msg: 'x', list: [1, null] }],
      ['bytes', new Uint8Array([1, 2])],
      ['nothing', null],
    ])('keeps a body that is a %s', async (_kind, body) => {
      writeLogs(bench, [{ time: START, body }])
      expect((await allPages(bench.reader(), {})).map((log) => log.body)).toEqual([body])
    })

    test('gives the newest first, in pages without gaps or repetitions, from all writers', async () => {
      // Four records a millisecond, by two threads, in no order.
      const count = 2500
      const order = down(count).toSorted((a, b) => ((a * 1_009) % count) - ((b * 1_009) % count))
      for (let i = 0; i < count; i += 100) {
        writeLogs(
          bench,
          order.slice(i, i + 100).map((n) => line(n, { time: START + BigInt(Math.floor(n / 4)) * MS })),
          (i / 100) % 2,
        )
      }
      const found = await allPages(bench.reader(), { limit: 97 })
      expect(numbersOf(found).toSorted((a, b) => b - a)).toEqual(down(count))
      const times = found.map(({ time }) => time)
      expect(times).toEqual(times.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)))
    })

    test('keeps its place while data arrives', async () => {
      writeLogs(
        bench,
        [0, 1, 2, 3].map((n) => line(n)),
      )
      const first = await bench.reader().logs({ ...ALWAYS, where: EVERYTHING, limit: 2, timeMs: 60_000 })
      writeLogs(bench, [line(9)], 1)
      const second = await bench
        .reader()
        .logs({ ...ALWAYS, where: EVERYTHING, limit: 9, timeMs: 60_000, before: first.next })
      expect(numbersOf([...first.items, ...second.items])).toEqual([3, 2, 1, 0])
      expect(second.next).toBeUndefined()
    })

    test('goes on after its time limit until all is found', async () => {
      for (let n = 0; n < 30; n++) writeLogs(bench, [line(n)], n % 2)
      expect(numbersOf(await allPages(bench.reader(), { timeMs: 0 }))).toEqual(down(30))
    })

    test('takes the records of the range, its end not included', async () => {
      writeLogs(
        bench,
        [0, 1, 2, 3].map((n) => line(n)),
      )
      expect(numbersOf(await allPages(bench.reader(), { from: START + MS, to: START + 3n * MS }))).toEqual([
        2, 1,
      ])
    })

    test('finds records of any time, whatever the clock of their service says', async () => {
      const times = [0n, 1n, START, START * 2n, 2n ** 62n]
      writeLogs(
        bench,
        times.map((time) => ({ time, body: String(time) })),
      )
      expect((await allPages(bench.reader(), {})).map(({ time }) => time)).toEqual(times.toReversed())
    })

    test('refuses a cursor that is not one', async () => {
      const reader = bench.reader()
      const search = { ...ALWAYS, ...LIMITS, where: EVERYTHING }
      await expect(reader.logs({ ...search, before: 'what?' })).rejects.toThrow(RangeError)
      await expect(reader.logs({ ...search, after: '' })).rejects.toThrow(RangeError)
    })
  })

  describe('the surroundings of a log record', () => {
    test('are the records of the same instance, the oldest first', async () => {
      for (let n = 0; n < 60; n++)
        writeLogs(
          bench,
          [line(n, { resource: resourceOf(n % 3 < 2 ? 'api' : 'orders', n % 3 === 1 ? 'two' : 'one') })],
          n % 2,
        )
      const [log] = await allPages(bench.reader(), { where: text('30') })
      const found = await bench.reader().surroundings({ cursor: log?.cursor ?? '', before: 3, after: 2 })
      expect(numbersOf(found)).toEqual([21, 24, 27, 30, 33, 36])
    })

    test('are empty for a record that is not there', async () => {
      writeLogs(bench, [line(1)])
      expect(await bench.reader().surroundings({ cursor: 'gone', before: 3, after: 3 })).toEqual([])
    })
  })

  describe('the histogram', () => {
    test('counts the matching records by time and level', async () => {
      const severities = [0, 1, 5, 9, 13, 17, 21, 24]
      writeLogs(
        bench,
        [0, 1, 1, 3].flatMap((second) =>
          severities.map((severity) => ({
            time: START + BigInt(second) * SECOND,
            severity,
            body: `at ${second}`,
          })),
        ),
      )
      const range = { from: START, to: START + 4n * SECOND, buckets: 4, timeMs: 60_000 }
      const all = await bench.reader().histogram({ ...range, where: EVERYTHING })
      expect(all).toMatchObject({ start: START, width: SECOND, complete: true })
      expect(all.levels).toEqual({
        unset: [1, 2, 0, 1],
        trace: [1, 2, 0, 1],
        debug: [1, 2, 0, 1],
        info: [1, 2, 0, 1],
        warn: [1, 2, 0, 1],
        error: [1, 2, 0, 1],
        fatal: [2, 4, 0, 2],
      })
      const some = await bench.reader().histogram({ ...range, where: field('level', 'error', '>=') })
      expect(some.levels).toMatchObject({ warn: [0, 0, 0, 0], error: [1, 2, 0, 1], fatal: [2, 4, 0, 2] })
    })
  })

  describe('facets', () => {
    test('count the values of known fields and of attributes', async () => {
      writeLogs(bench, [
        line(0, { severity: 9, attributes: { plan: 'free', n: 1 }, resource: resourceOf('api') }),
        line(1, { severity: 9, attributes: { plan: 'paid', n: 1 }, resource: resourceOf('api') }),
        line(2, { severity: 17, attributes: { plan: 'free' }, resource: resourceOf('orders') }),
        line(3, { severity: 17, attributes: { plan: 'x' } }),
      ])
      const where = { kind: 'not' as const, of: field('plan', 'x') }
      const fields = ['service', 'level', 'plan', 'n', 'unknown']
      expect(await bench.reader().facets({ ...ALWAYS, where, fields, timeMs: 60_000 })).toEqual([
        {
          field: 'service',
          values: [
            { value: 'api', count: 2 },
            { value: 'orders', count: 1 },
          ],
        },
        {
          field: 'level',
          values: [
            { value: 'info', count: 2 },
            { value: 'error', count: 1 },
          ],
        },
        {
          field: 'plan',
          values: [
            { value: 'free', count: 2 },
            { value: 'paid', count: 1 },
          ],
        },
        { field: 'n', values: [{ value: '1', count: 2 }] },
        { field: 'unknown', values: [] },
      ])
    })
  })
}
