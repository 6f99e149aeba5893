import { randomBytes } from 'node:crypto'

import { describe, expect, test } from '@jest/globals'

import { logColumns, type SpanRow, spanColumns } from '../columns.ts'
import type { Bench } from './bench.ts'
import {
  ALWAYS,
  allPages,
  EVERYTHING,
  LIMITS,
  MS,
  resourceOf,
  SECOND,
  START,
  text,
  traceId,
  writeSpans,
} from './samples.ts'

const MAX_DISK = 4 * 2 ** 20

/** Limits of the disk, and what is kept longer. */
export function describeRetention(bench: Bench): void {
  const newSpan = (n: number, more: SpanRow = {}): SpanRow => ({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: `GET /${n % 3}`,
    kind: 2,
    start: START + BigInt(n) * SECOND,
    end: START + BigInt(n) * SECOND + 10n * MS,
    attributes: { 'http.route': `/${n % 3}`, noise: randomBytes(60).toString('hex') },
    resource: resourceOf('api'),
    ...more,
  })

  /** Writes more than the limit. The first commit has what must be kept. */
  const fill = (first: readonly SpanRow[]) => {
    bench.reopen({ maxDisk: MAX_DISK })
    const logs = [
      { time: START, body: 'an error line', severity: 17, resource: resourceOf('api') },
      { time: START, body: 'a dull line', severity: 9, resource: resourceOf('api') },
      {
        time: START,
        body: 'a line of a slow request',
        severity: 9,
        traceId: traceId(2),
        resource: resourceOf('api'),
      },
    ]
    bench.writer().logs(logColumns(logs), [])
    bench.writer().spans(spanColumns(first), [
      {
        row: 0,
        fingerprint: 'f1',
        time: START,
        type: 'TypeError',
        message: 'm',
        stack: 's',
        version: '1',
        route: '/0',
        user: 'ann',
      },
    ])
    bench.writer().commit()
    for (let n = 0; n < 80; n++)
      writeSpans(
        bench,
        Array.from({ length: 500 }, (_, i) => newSpan(n * 500 + i)),
        n % 2,
      )
  }

  describe('the retention', () => {
    const failed = newSpan(0, { traceId: traceId(1), statusCode: 2 })
    const slow = newSpan(0, { traceId: traceId(2), end: START + 60n * SECOND })
    const linked = newSpan(0, { traceId: traceId(3), end: START, kind: 1, attributes: {} })
    const dull = newSpan(0, { traceId: traceId(4), end: START, kind: 1, attributes: {} })

    test('removes the oldest events until they fit, and keeps errors, slow requests and what exemplars point to', async () => {
      fill([failed, slow, linked, dull])
      const series = bench.store().openSeries()
      const number = series.series({ __name__: 'x', job: 'api' }) ?? -1
      const now = Date.now()
      series.append(number, now, 1)
      series.exemplar(number, { labels: { trace_id: traceId(3), span_id: '1' }, value: 1, time: now })
      series.commit()

      const keeper = bench.keeper()
      const before = await keeper.state()
      expect(before.spans).toBe(40_004)
      expect(before.bytes.events).toBeGreaterThan(MAX_DISK)
      const { removedBytes, problems } = await keeper.retain(now + 1000)
      series.close()
      expect(problems).toEqual([])
      expect(removedBytes).toBeGreaterThan(0)

      const after = await keeper.state()
      expect(after.bytes.events + after.bytes.kept + after.bytes.series).toBeLessThanOrEqual(MAX_DISK)
      expect(after.bytes.kept).toBeGreaterThan(0)
      expect(after.spans).toBeLessThan(before.spans)
      expect(after.problems).toEqual([])

      const reader = bench.reader()
      expect(await reader.trace(traceId(1))).toMatchObject([{ statusCode: 2 }])
      expect(await reader.trace(traceId(2))).toMatchObject([{ end: START + 60n * SECOND }])
      expect(await reader.trace(traceId(3))).toHaveLength(1)
      expect(await reader.trace(traceId(4))).toHaveLength(0)
      const lines = await allPages(reader, { where: text('line') })
      expect(new Set(lines.map(({ body }) => body))).toEqual(
        new Set(['a line of a slow request', 'an error line']),
      )
      expect(lines).toHaveLength(2)
      expect(await reader.error('f1', ALWAYS)).toMatchObject({
        count: 1,
        users: 1,
        samples: [{ traceId: traceId(1) }],
      })
    })

    test('leaves the newest events, and readers that are open', async () => {
      fill([failed, slow, linked, dull])
      const newest = newSpan(1_000_000, { traceId: traceId(9) })
      writeSpans(bench, [newest])
      const search = { ...ALWAYS, ...LIMITS, where: EVERYTHING, order: 'newest' as const, limit: 1 }
      expect((await bench.reader().traces(search)).items).toMatchObject([{ traceId: traceId(9) }])
      await bench.keeper().retain(Date.now() + 1000)
      expect((await bench.reader().traces(search)).items).toMatchObject([{ traceId: traceId(9) }])
      writeSpans(bench, [newSpan(1_000_001, { traceId: traceId(10) })])
      expect((await bench.reader().traces(search)).items).toMatchObject([{ traceId: traceId(10) }])
    })

    test('does nothing to a store within its limits', async () => {
      writeSpans(bench, [failed])
      expect(await bench.keeper().retain(Date.now() + 1000)).toEqual({ removedBytes: 0, problems: [] })
      expect(await bench.reader().trace(traceId(1))).toHaveLength(1)
    })
  })

  describe('the state of a store', () => {
    test('counts what is there', async () => {
      const keeper = bench.keeper()
      expect(await keeper.state()).toMatchObject({
        spans: 0,
        logs: 0,
        series: 0,
        oldest: undefined,
        newest: undefined,
        problems: [],
      })
      writeSpans(bench, [newSpan(0), newSpan(10)])
      const state = await keeper.state()
      expect(state).toMatchObject({
        spans: 2,
        logs: 0,
        oldest: Number(START / MS),
        newest: Number(START / MS) + 10_000,
      })
      expect(state.bytes.events).toBeGreaterThan(0)
    })
  })
}
