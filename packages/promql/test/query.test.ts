import { describe, expect, it } from '@jest/globals'

import {
  markStale,
  memorySource,
  parse,
  parseSelector,
  queryInstant,
  queryRange,
  type SelectedSeries,
  type Selection,
  type SeriesSource,
  typeOf,
} from '../src/index.ts'

const MINUTE = 60_000

function series(
  labels: Record<string, string>,
  values: readonly number[],
  { start = 0, every = MINUTE } = {},
): SelectedSeries {
  return {
    labels,
    times: Float64Array.from(values, (_, index) => start + index * every),
    values: Float64Array.from(values),
  }
}

const counter = series({ __name__: 'hits_total', job: 'api' }, [0, 6, 12, 18, 24, 30])

/** Many series, so that a query over them takes more than one turn of the event loop. */
const crowd = Array.from({ length: 400 }, (_, index) =>
  series(
    { __name__: 'busy', id: String(index) },
    Array.from({ length: 2_000 }, (__, step) => step * index),
    { every: 1_000 },
  ),
)
const long = { start: 0, end: 2_000_000, step: 1_000 }

describe('a result', () => {
  it('has the shape of data in the HTTP API', async () => {
    const source = memorySource([counter])
    expect(await queryInstant(source, 'rate(hits_total[2m])', { time: 3 * MINUTE + 500 })).toEqual({
      resultType: 'vector',
      result: [{ metric: { job: 'api' }, value: [180.5, '0.1'] }],
    })
    expect(
      await queryRange(source, 'hits_total > 10', { start: 0, end: 4 * MINUTE, step: 2 * MINUTE }),
    ).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'hits_total', job: 'api' },
          values: [
            [120, '12'],
            [240, '24'],
          ],
        },
      ],
    })
    expect(await queryInstant(source, '1 / 3', { time: 0 })).toEqual({
      resultType: 'scalar',
      result: [0, '0.3333333333333333'],
    })
    expect(await queryInstant(source, '"text"', { time: 0 })).toEqual({
      resultType: 'string',
      result: [0, 'text'],
    })
    expect(await queryInstant(source, 'hits_total[1m]', { time: 2 * MINUTE })).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'hits_total', job: 'api' },
          values: [
            [60, '6'],
            [120, '12'],
          ],
        },
      ],
    })
  })

  it('ends at a staleness marker, which is no other NaN', async () => {
    const stale = series({ __name__: 'stale' }, [1, 2, 3, NaN])
    markStale(stale.values, 1)
    const source = memorySource([stale])
    const values = async (time: number) => (await queryInstant(source, 'stale', { time })).result
    expect(await values(30_000)).toEqual([{ metric: { __name__: 'stale' }, value: [30, '1'] }])
    expect(await values(90_000)).toEqual([])
    expect(await values(150_000)).toEqual([{ metric: { __name__: 'stale' }, value: [150, '3'] }])
    expect(await values(200_000)).toEqual([{ metric: { __name__: 'stale' }, value: [200, 'NaN'] }])
  })

  it('looks back as far as it is told', async () => {
    const query = { time: 10 * MINUTE, lookback: 4 * MINUTE }
    expect((await queryInstant(memorySource([counter]), 'hits_total', query)).result).toEqual([])
    expect(
      (await queryInstant(memorySource([counter]), 'hits_total', { time: 10 * MINUTE })).result,
    ).toHaveLength(1)
  })

  it('looks back further from times for which it is told so, offsets included', async () => {
    const sparse = { labels: { __name__: 'sparse' }, times: [0, 20, 40].map((minute) => minute * MINUTE) }
    const source = memorySource([
      { ...sparse, times: Float64Array.from(sparse.times), values: Float64Array.of(1, 2, 3) },
    ])
    const lookback = (time: number) => (time <= 30 * MINUTE ? 20 : 5) * MINUTE
    const options = { start: 10 * MINUTE, end: 50 * MINUTE, step: 10 * MINUTE, lookback }
    const minutes = async (query: string) =>
      (await queryRange(source, query, options)).result.map(({ values }) =>
        values.map(([time, value]) => [time / 60, value]),
      )
    expect(await minutes('sparse')).toEqual([
      [
        [10, '1'],
        [20, '2'],
        [30, '2'],
        [40, '3'],
      ],
    ])
    expect(await minutes('sparse offset 20m')).toEqual([
      [
        [20, '1'],
        [30, '1'],
        [40, '2'],
        [50, '2'],
      ],
    ])
  })

  it('does not see samples outside of the time range that it asks the source for', async () => {
    const selections: Selection[] = []
    const source: SeriesSource = {
      select(selection) {
        selections.push(selection)
        return [counter]
      },
    }
    const query = { time: 3 * MINUTE, lookback: MINUTE }
    await queryInstant(source, 'hits_total + sum_over_time(hits_total[2m] offset 1m)', query)
    expect(selections.map(({ start, end }) => [start / MINUTE, end / MINUTE])).toEqual([
      [2, 3],
      [0, 2],
    ])
    expect((await queryInstant(source, 'count_over_time(hits_total[1h])', query)).result).toEqual([
      { metric: { job: 'api' }, value: [180, '4'] },
    ])
  })

  it('can be had again and again from a query that has been parsed once', async () => {
    const parsed = parse('sum(hits_total) by (job)')
    expect(typeOf(parsed)).toBe('vector')
    const source = memorySource([counter])
    for (const minute of [1, 2])
      expect((await queryInstant(source, parsed, { time: minute * MINUTE })).result).toEqual([
        { metric: { job: 'api' }, value: [minute * 60, String(minute * 6)] },
      ])
  })
})

describe('a query', () => {
  it('is refused where it has too many steps, none, or no time', async () => {
    const source = memorySource([counter])
    const range = (start: number, end: number, step: number) =>
      queryRange(source, 'hits_total', { start, end, step })
    await expect(range(0, 11_001_000, 1000)).rejects.toMatchObject({
      type: 'bad_data',
      message: expect.stringContaining('exceeded maximum resolution of 11,000 points per timeseries'),
    })
    expect((await range(0, 11_000_000, 1000)).result).toHaveLength(1)
    await expect(range(1, 0, 1000)).rejects.toMatchObject({
      message: 'invalid parameter "end": end timestamp must not be before start time',
    })
    for (const step of [0, -1, NaN])
      await expect(range(0, 1, step)).rejects.toMatchObject({
        message: expect.stringContaining('invalid parameter "step": zero or negative'),
      })
  })

  it.each(['busy', 'busy * 2', 'sum(busy) + 1'])(
    'fails where it needs too many samples: %s',
    async (query) => {
      await expect(
        queryRange(memorySource(crowd), query, { ...long, maxSamples: 900_000 }),
      ).rejects.toMatchObject({
        type: 'execution',
        message: 'query processing would load too many samples into memory in query execution',
      })
    },
  )

  it('gives memory back that it no longer needs', async () => {
    const sums = 'sum(busy) + sum(busy)'
    // The samples of both selectors, and one vector at a time.
    const limited = { ...long, maxSamples: 3 * 800_000 + 100_000 }
    expect((await queryRange(memorySource(crowd), sums, limited)).result).toHaveLength(1)
  })

  it('fails where it takes too long', async () => {
    await expect(queryRange(memorySource(crowd), 'busy', { ...long, timeout: 0 })).rejects.toMatchObject({
      type: 'timeout',
      message: 'query timed out in expression evaluation',
    })
  })

  it.each(['quantile_over_time(0.9, busy[10m])', 'topk(300, busy)', 'busy * on (id) busy'])(
    'lets other work of the process run, which can cancel it: %s',
    async (query) => {
      const controller = new AbortController()
      let turns = 0
      const count = () => {
        turns++
        if (turns === 3) controller.abort()
        else setImmediate(count)
      }
      setImmediate(count)
      const running = queryRange(memorySource(crowd), query, { ...long, signal: controller.signal })
      await expect(running).rejects.toMatchObject({
        type: 'canceled',
        message: 'query was canceled in expression evaluation',
      })
      expect(turns).toBe(3)
    },
  )

  it('does not start where it has been cancelled before', async () => {
    let isAsked = false
    const source: SeriesSource = {
      select() {
        isAsked = true
        return []
      },
    }
    const query = queryInstant(source, 'up', { time: 0, signal: AbortSignal.abort() })
    await expect(query).rejects.toMatchObject({ type: 'canceled' })
    expect(isAsked).toBe(false)
  })

  it('hands on what a source fails with', async () => {
    const source: SeriesSource = { select: () => Promise.reject(new Error('the disk is gone')) }
    await expect(queryInstant(source, 'up', { time: 0 })).rejects.toThrow('the disk is gone')
  })

  it('is never slow because of a regular expression', async () => {
    const source = memorySource([series({ __name__: 'up', text: 'a'.repeat(20_000) }, [1])])
    const query = 'up{text=~"(a*)*b"} or up{text=~"(a|a)*"}'
    expect((await queryInstant(source, query, { time: 0 })).result).toHaveLength(1)
  })

  it.each([
    ['parentheses', '('.repeat(100_000)],
    ['nested parentheses', `${'('.repeat(5_000)}1${')'.repeat(5_000)}`],
    ['signs', `${'-'.repeat(100_000)}1`],
    ['calls', `${'abs('.repeat(3_000)}up${')'.repeat(3_000)}`],
    ['subqueries', `up${'[1m:]'.repeat(3_000)}`],
    ['powers', `1${' ^ 1'.repeat(20_000)}`],
    ['sums', `hits_total${' + hits_total'.repeat(20_000)}`],
  ])('is refused where it is nested without an end: %s', (_, query) => {
    expect(() => parse(query)).toThrow(/parse error/)
  })

  it.each([500, 900])('may be long: %d parts', async (parts) => {
    const source = memorySource([counter])
    const sum = Array.from({ length: parts }, () => 'hits_total').join(' + ')
    expect((await queryInstant(source, sum, { time: MINUTE })).result).toEqual([
      { metric: { job: 'api' }, value: [60, String(6 * parts)] },
    ])
  })
})

describe('a selector', () => {
  it('is parsed into its matchers', () => {
    const matchers = parseSelector('up{job=~"a|b", zone!="x"}')
    expect(matchers.map(({ name, operator, value }) => [name, operator, value])).toEqual([
      ['job', '=~', 'a|b'],
      ['zone', '!=', 'x'],
      ['__name__', '=', 'up'],
    ])
    expect(matchers[0]?.matches('b')).toBe(true)
    expect(matchers[0]?.matches('ab')).toBe(false)
  })

  it.each(['up offset 5m', 'up @ 5', 'up + 1', 'up[5m]', '{}'])('is nothing else: %s', (text) => {
    expect(() => parseSelector(text)).toThrow(/parse error/)
  })
})
