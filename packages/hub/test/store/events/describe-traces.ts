import { describe, expect, test } from '@jest/globals'

import { logColumns, type SpanRow, spanColumns } from '../columns.ts'
import type { Bench } from './bench.ts'
import { MS, resourceOf, scope, spanId, START, traceId, writeLogs, writeSpans } from './samples.ts'

/** A span with something in each of its fields. */
const whole = {
  traceId: traceId(7),
  spanId: spanId(1),
  parentSpanId: spanId(0),
  traceState: 'vendor=1',
  flags: 0x101,
  name: 'GET /orders/:id',
  kind: 2,
  start: START,
  end: START + 1_234_567_890n,
  statusCode: 2,
  statusMessage: 'no stock',
  attributes: {
    text: 'a "text"\nof two lines, naïve 漢字',
    empty: '',
    none: null,
    yes: true,
    no: false,
    zero: 0,
    negative: -17,
    large: 2 ** 53 - 1,
    larger: 2n ** 63n - 1n,
    fraction: 0.1,
    tiny: 5e-324,
    list: ['a', 1, [true, null]],
    map: { a: 1, b: { c: 'd' } },
    bytes: new Uint8Array([0, 255, 1]),
    ['__proto__']: 'not a prototype',
  },
  droppedAttributes: 3,
  events: [
    {
      time: START + 5n,
      name: 'exception',
      attributes: { 'exception.type': 'TypeError' },
      droppedAttributes: 1,
    },
    { time: START - MS, name: 'early', attributes: {}, droppedAttributes: 0 },
  ],
  droppedEvents: 4,
  links: [
    {
      traceId: traceId(8),
      spanId: spanId(2),
      traceState: 'x=y',
      flags: 1,
      attributes: { why: 'batch' },
      droppedAttributes: 2,
    },
  ],
  droppedLinks: 5,
  resource: {
    ...resourceOf('orders'),
    attributes: {
      ...resourceOf('orders').attributes,
      pids: [1, 2],
      big: 2n ** 60n,
      raw: new Uint8Array([7]),
    },
    droppedAttributes: 2,
  },
  scope,
}

/** Spans of one trace by id. */
export function describeTraces(bench: Bench): void {
  describe('a trace by its id', () => {
    test('has its spans as they were received', async () => {
      writeSpans(bench, [
        { traceId: traceId(1), spanId: spanId(9) },
        whole,
        { traceId: traceId(2), spanId: spanId(8) },
      ])
      expect(await bench.reader().trace(traceId(7))).toEqual([whole])
    })

    test('has the spans of all threads and requests, by start', async () => {
      const spans: SpanRow[] = [3, 1, 2, 0].map((n) => ({
        traceId: traceId(1),
        spanId: spanId(n),
        start: START + BigInt(n) * MS,
        end: START + BigInt(n + 1) * MS,
      }))
      for (const [n, span] of spans.entries()) writeSpans(bench, [span], n % 2)
      const found = await bench.reader().trace(traceId(1))
      expect(found.map((span) => span.spanId)).toEqual([0, 1, 2, 3].map(spanId))
    })

    test('is found among many, however they were committed', async () => {
      // Blocks of an embedded store are made of small commits, of large ones, and of both.
      let next = 0
      for (const size of [1, 1, 3, 2000, 1, 17, 600, 1, 1, 500, 500, 500, ...Array<number>(70).fill(1)]) {
        writeSpans(
          bench,
          Array.from({ length: size }, () => ({
            traceId: traceId(next),
            spanId: spanId(next++),
            name: `span ${next}`,
            start: START,
          })),
        )
      }
      bench.reopen()
      writeSpans(bench, [
        { traceId: traceId(next), spanId: spanId(next++), name: `span ${next}`, start: START },
      ])
      const names: string[] = []
      for (let n = 0; n < next; n += 7) {
        const [span, ...others] = await bench.reader().trace(traceId(n))
        if (span && others.length === 0) names.push(span.name)
      }
      expect(names).toEqual(Array.from({ length: Math.ceil(next / 7) }, (_, i) => `span ${i * 7 + 1}`))
    })

    test('is empty for an id that is unknown, or is not one', async () => {
      writeSpans(bench, [{ spanId: spanId(1) }])
      for (const id of [traceId(1), '0'.repeat(32), '', 'x', '"', "'; DROP TABLE x"]) {
        expect(await bench.reader().trace(id)).toEqual([])
        expect(await bench.reader().traceLogs(id, 10)).toEqual([])
      }
    })

    test('has its log records, the oldest first, up to a limit', async () => {
      const logs = [2, 0, 1].map((n) => ({
        traceId: traceId(1),
        spanId: spanId(n),
        time: START + BigInt(n),
        body: `line ${n}`,
      }))
      writeLogs(bench, [...logs, { body: 'of none' }, { traceId: traceId(2), body: 'of another' }])
      const bodies = async (limit: number) =>
        (await bench.reader().traceLogs(traceId(1), limit)).map(({ body }) => body)
      expect(await bodies(10)).toEqual(['line 0', 'line 1', 'line 2'])
      expect(await bodies(2)).toEqual(['line 0', 'line 1'])
    })
  })

  describe('a writer', () => {
    test('shows readers what it has committed, and nothing else', async () => {
      const writer = bench.writer()
      writer.spans(spanColumns([{ traceId: traceId(1), spanId: spanId(1) }]), [])
      writer.logs(logColumns([{ traceId: traceId(1), body: 'one' }]), [])
      expect(await bench.reader().trace(traceId(1))).toHaveLength(0)
      writer.commit()
      expect(await bench.reader().trace(traceId(1))).toHaveLength(1)
      expect(await bench.reader().traceLogs(traceId(1), 10)).toHaveLength(1)
    })

    test('forgets what is rolled back, and goes on', async () => {
      writeSpans(bench, [{ traceId: traceId(1), spanId: spanId(1) }])
      const many = Array.from({ length: 3000 }, (_, n) => ({ traceId: traceId(1), spanId: spanId(n + 10) }))
      bench.writer().spans(spanColumns(many), [])
      bench.writer().rollback()
      writeSpans(bench, [{ traceId: traceId(1), spanId: spanId(2) }])
      const found = await bench.reader().trace(traceId(1))
      expect(found.map((span) => span.spanId).toSorted()).toEqual([spanId(1), spanId(2)])
    })

    test('copies the columns, whose memory is used again', async () => {
      const columns = spanColumns([{ traceId: traceId(1), spanId: spanId(1), name: 'first' }])
      bench.writer().spans(columns, [])
      columns.traceIds.fill(9)
      columns.spanIds.fill(9)
      columns.names.fill(0)
      bench.writer().commit()
      expect(await bench.reader().trace(traceId(1))).toMatchObject([{ spanId: spanId(1), name: 'first' }])
    })
  })
}
