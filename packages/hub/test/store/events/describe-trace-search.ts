import { describe, expect, test } from '@jest/globals'

import type { Page, TraceSearch, TraceSummary } from '../../../src/store/search.ts'
import type { SpanRow } from '../columns.ts'
import type { Bench } from './bench.ts'
import {
  ALWAYS,
  EVERYTHING,
  field,
  LIMITS,
  MS,
  resourceOf,
  SECOND,
  spanId,
  START,
  traceId,
  writeSpans,
} from './samples.ts'

const api = resourceOf('api')
const orders = resourceOf('orders')

/** A request of `ms` at second `n` that calls another service, whose spans may come earlier or later. */
const request = (n: number, ms: number, failed = false): [SpanRow, SpanRow] => {
  const start = START + BigInt(n) * SECOND
  return [
    {
      traceId: traceId(n),
      spanId: spanId(n * 2),
      name: 'GET /cart/:id',
      kind: 2,
      start,
      end: start + BigInt(ms) * MS,
      attributes: { 'http.route': '/cart/:id', 'http.response.status_code': failed ? 500 : 200 },
      resource: api,
    },
    {
      traceId: traceId(n),
      spanId: spanId(n * 2 + 1),
      parentSpanId: spanId(n * 2),
      name: 'SELECT',
      kind: 3,
      start: start + 1n,
      end: start + BigInt(ms) * MS - 1n,
      statusCode: failed ? 2 : 0,
      attributes: { 'db.system': 'postgresql', n },
      resource: orders,
    },
  ]
}

/** Lists of traces. */
export function describeTraceSearch(bench: Bench): void {
  const search = (with_: Partial<TraceSearch>): Promise<Page<TraceSummary>> =>
    bench.reader().traces({ ...ALWAYS, ...LIMITS, where: EVERYTHING, order: 'newest', ...with_ })
  const idsOf = ({ items }: Page<TraceSummary>) => items.map((item) => item.traceId)

  /** Requests of different durations, by two threads in different orders. */
  const write = (count: number) => {
    for (const n of [...Array(count).keys()].toSorted((a, b) => ((a * 7) % count) - ((b * 7) % count))) {
      const [root, child] = request(n, 10 + ((n * 13) % count), n % 5 === 0)
      writeSpans(bench, [child], 1)
      writeSpans(bench, [root], 0)
    }
  }

  describe('a search for traces', () => {
    test('summarises the whole trace, whichever span matches', async () => {
      write(10)
      const { items } = await search({ where: field('db.system', 'postgresql'), limit: 1 })
      expect(items).toEqual([
        {
          traceId: traceId(9),
          start: START + 9n * SECOND,
          duration: (10n + ((9n * 13n) % 10n)) * MS,
          root: { service: 'api', name: 'GET /cart/:id', statusCode: 0, route: '/cart/:id' },
          spans: 2,
          errors: 0,
          services: ['api', 'orders'],
          match: {
            spanId: spanId(19),
            service: 'orders',
            name: 'SELECT',
            duration: (10n + ((9n * 13n) % 10n)) * MS - 2n,
          },
        },
      ])
    })

    test.each(['newest', 'slowest'] as const)(
      'gives each trace once over all pages, the %s first',
      async (order) => {
        write(23)
        const expected = [...Array(23).keys()]
          .toSorted((a, b) => (order === 'newest' ? b - a : ((b * 13) % 23) - ((a * 13) % 23)))
          .map(traceId)
        const found: string[] = []
        let before: string | undefined
        do {
          const page = await search({ order, limit: 4, before })
          found.push(...idsOf(page))
          before = page.next
        } while (before !== undefined)
        expect(found).toEqual(expected)
      },
    )

    test('goes on after its time limit until all is found', async () => {
      write(12)
      const found: string[] = []
      let before: string | undefined
      do {
        const page = await search({ timeMs: 0, before })
        found.push(...idsOf(page))
        before = page.next
      } while (before !== undefined)
      expect(found).toEqual([...Array(12).keys()].toReversed().map(traceId))
    })

    test('tests conditions on one span', async () => {
      write(10)
      const failed = await search({ where: field('status', 'error') })
      expect(idsOf(failed)).toEqual([traceId(5), traceId(0)])
      const both = await search({
        where: { kind: 'all', of: [field('status', 'error'), field('service', 'api')] },
      })
      expect(idsOf(both)).toEqual([])
      expect(idsOf(await search({ where: field('status', '500') }))).toEqual([traceId(5), traceId(0)])
      expect(idsOf(await search({ where: field('duration', '18', '>=') }))).toHaveLength(2)
      expect(idsOf(await search({ where: field('route', '/cart*', 'prefix'), limit: 3 }))).toHaveLength(0)
      expect(idsOf(await search({ where: field('route', '/cart', 'prefix'), limit: 3 }))).toHaveLength(3)
      expect(idsOf(await search({ where: field('kind', 'client'), limit: 2 }))).toHaveLength(2)
      expect(idsOf(await search({ where: field('n', '7') }))).toEqual([traceId(7)])
      expect(idsOf(await search({ where: field('trace', traceId(4)) }))).toEqual([traceId(4)])
      expect(idsOf(await search({ where: field('span', spanId(8)) }))).toEqual([traceId(4)])
    })

    test('takes spans that start in the range', async () => {
      write(10)
      const found = await search({
        from: START + 3n * SECOND,
        to: START + 5n * SECOND,
        where: field('service', 'api'),
      })
      expect(idsOf(found)).toEqual([traceId(4), traceId(3)])
    })

    test('refuses a cursor that is not its own', async () => {
      await expect(search({ before: 'what?' })).rejects.toThrow(RangeError)
    })
  })
}
