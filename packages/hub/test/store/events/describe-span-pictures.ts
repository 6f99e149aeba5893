import { describe, expect, test } from '@jest/globals'

import type { SpanRow } from '../columns.ts'
import type { Bench } from './bench.ts'
import {
  ALWAYS,
  EVERYTHING,
  field,
  MS,
  resourceOf,
  SECOND,
  spanId,
  START,
  traceId,
  writeSpans,
} from './samples.ts'

/** A request at second `n`. Every fifth fails, on the second instance, and takes longer. */
const request = (n: number): SpanRow => {
  const isSlow = n % 5 === 0
  const start = START + BigInt(n) * SECOND
  return {
    traceId: traceId(n),
    spanId: spanId(n),
    name: n % 2 === 0 ? 'GET /items' : 'POST /items',
    kind: 2,
    start,
    end: start + BigInt(isSlow ? 2_000 : 20) * MS + 500n,
    statusCode: isSlow ? 2 : 0,
    attributes: {
      'request.id': `r-${n}`,
      tenant: isSlow ? 'acme' : `t${n % 3}`,
      'http.response.status_code': isSlow ? 500 : 200,
    },
    resource: resourceOf('api', isSlow ? 'two' : 'one'),
  }
}

/** Counts over many spans. */
export function describeSpanPictures(bench: Bench): void {
  const LIMITS = { timeMs: 600_000 }
  const write = (count: number, writers = 1) => {
    for (let n = 0; n < count; n++) writeSpans(bench, [request(n)], n % writers)
  }

  describe('points of spans', () => {
    test('have start, duration and failure of each matching span', async () => {
      write(30, 2)
      const { starts, durations, failed, complete } = await bench
        .reader()
        .spanPoints({ ...ALWAYS, ...LIMITS, where: EVERYTHING, limit: 100 })
      expect(complete).toBe(true)
      const rows = [...starts.keys()]
        .map((at) => [Math.round((starts[at] ?? 0) - Number(START) / 1e6), durations[at], failed[at]])
        .toSorted(([a = 0], [b = 0]) => a - b)
      expect(rows).toEqual(
        Array.from({ length: 30 }, (_, n) => [
          n * 1_000,
          expect.closeTo(n % 5 === 0 ? 2_000.0005 : 20.0005, 5),
          n % 5 === 0 ? 1 : 0,
        ]),
      )
    })

    test('are those of the search and of the range', async () => {
      write(30)
      const search = { ...LIMITS, from: START + 10n * SECOND, to: START + 20n * SECOND, limit: 100 }
      const { starts } = await bench.reader().spanPoints({ ...search, where: field('status', 'error') })
      expect(starts).toHaveLength(2)
    })

    test('are incomplete beyond the limit', async () => {
      write(30)
      const { starts, complete } = await bench
        .reader()
        .spanPoints({ ...ALWAYS, ...LIMITS, where: EVERYTHING, limit: 7 })
      expect([starts.length, complete]).toEqual([7, false])
    })
  })

  describe('a comparison of spans', () => {
    const compare = (inside: Parameters<ReturnType<Bench['reader']>['compareSpans']>[0]['inside']) =>
      bench.reader().compareSpans({ ...ALWAYS, ...LIMITS, where: EVERYTHING, inside })

    test('counts the values of attributes, also of resources, on both sides', async () => {
      write(60, 2)
      const found = await compare({ ...ALWAYS, where: field('duration', '1000', '>=') })
      expect(found).toMatchObject({ inside: 12, outside: 48, complete: true })
      const valuesOf = (key: string) => found.attributes.find((each) => each.key === key)?.values
      expect(valuesOf('tenant')).toEqual([
        { value: 't0', inside: 0, outside: 16 },
        { value: 't1', inside: 0, outside: 16 },
        { value: 't2', inside: 0, outside: 16 },
        { value: 'acme', inside: 12, outside: 0 },
      ])
      expect(valuesOf('service.instance.id')).toEqual([
        { value: 'one', inside: 0, outside: 48 },
        { value: 'two', inside: 12, outside: 0 },
      ])
      expect(valuesOf('http.response.status_code')).toContainEqual({ value: '500', inside: 12, outside: 0 })
      expect(valuesOf('span.name')).toEqual([
        { value: 'GET /items', inside: 6, outside: 24 },
        { value: 'POST /items', inside: 6, outside: 24 },
      ])
      expect(valuesOf('span.kind')).toEqual([{ value: 'server', inside: 12, outside: 48 }])
    })

    test('leaves out ids, and has traces of both sides', async () => {
      write(40)
      const { attributes, samples } = await compare({ ...ALWAYS, where: field('status', '500') })
      expect(attributes.map(({ key }) => key)).not.toContain('request.id')
      expect(samples.inside.toSorted()).toEqual(Array.from({ length: 8 }, (_, n) => traceId(n * 5)))
      expect(samples.outside).toHaveLength(32)
    })

    test('may have a range of its own for what is inside', async () => {
      write(40)
      const found = await compare({ from: START + 30n * SECOND, to: START + 40n * SECOND, where: EVERYTHING })
      expect([found.inside, found.outside]).toEqual([10, 30])
    })
  })
}
