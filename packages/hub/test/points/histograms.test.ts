import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Matcher, queryInstant } from '@sightline/promql'

import {
  attributes,
  CUMULATIVE,
  DELTA,
  type Hub,
  metric,
  nanoseconds,
  point,
  START,
  startHub,
} from './service.ts'

const RESOURCE = { 'service.name': 'shop' }

describe('histograms and summaries', () => {
  let hub: Hub
  beforeEach(async () => {
    hub = await startHub()
  })
  afterEach(() => hub.close())

  const explicit = (
    time: number,
    start: number | undefined,
    bucketCounts: readonly number[],
    explicitBounds: readonly number[],
    temporality = CUMULATIVE,
  ): number => {
    const count = bucketCounts.reduce((sum, one) => sum + one, 0)
    const fields = { count, sum: count / 2, bucketCounts, explicitBounds }
    return hub.send([metric('d', 'histogram', [point(time, start, fields)], { ...temporality, unit: 's' })], {
      resource: RESOURCE,
    }).rejected
  }

  test('a histogram has cumulative buckets, count and sum', async () => {
    explicit(400, 0, [1, 2, 3], [0.5, 1])
    explicit(410, 0, [2, 2, 4], [0.5, 1])
    expect(await hub.stored('d_.*')).toEqual({
      'd_seconds_bucket{job=shop,le=+Inf}': '400: 6, 410: 8',
      'd_seconds_bucket{job=shop,le=0.5}': '400: 1, 410: 2',
      'd_seconds_bucket{job=shop,le=1}': '400: 3, 410: 4',
      'd_seconds_count{job=shop}': '400: 6, 410: 8',
      'd_seconds_sum{job=shop}': '400: 3, 410: 4',
    })
    expect(await hub.reader.metadata('d_seconds')).toEqual(
      new Map([['d_seconds', { type: 'histogram', help: '', unit: 's' }]]),
    )
  })

  test('a histogram without buckets, or without a sum, has what there is', async () => {
    hub.send(
      [
        metric('a', 'histogram', [point(400, 0, { count: 6, sum: 3 })], CUMULATIVE),
        metric(
          'b',
          'histogram',
          [point(400, 0, { count: 6, bucketCounts: [6], explicitBounds: [] })],
          CUMULATIVE,
        ),
      ],
      { resource: RESOURCE },
    )
    expect(await hub.stored('[ab]_.*')).toEqual({
      'a_bucket{job=shop,le=+Inf}': '400: 6',
      'a_count{job=shop}': '400: 6',
      'a_sum{job=shop}': '400: 3',
      'b_bucket{job=shop,le=+Inf}': '400: 6',
      'b_count{job=shop}': '400: 6',
    })
  })

  test('all series of a histogram begin at zero when it began', async () => {
    explicit(10, 5, [1, 1], [1])
    explicit(30, 20, [0, 1], [1])
    expect(await hub.stored('d_.*')).toEqual({
      'd_seconds_bucket{job=shop,le=+Inf}': '5: 0, 10: 2, 20: 0, 30: 1',
      'd_seconds_bucket{job=shop,le=1}': '5: 0, 10: 1, 20: 0, 30: 0',
      'd_seconds_count{job=shop}': '5: 0, 10: 2, 20: 0, 30: 1',
      'd_seconds_sum{job=shop}': '5: 0, 10: 1, 20: 0, 30: 0.5',
    })
  })

  test('increments of a histogram are added up', async () => {
    explicit(10, 0, [1, 1], [1], DELTA)
    explicit(20, 10, [0, 5], [1], DELTA)
    expect(explicit(20, 10, [0, 5], [1], DELTA)).toBe(0)
    expect(explicit(15, 10, [0, 5], [1], DELTA)).toBe(1)
    expect(await hub.stored('d_.*(bucket|sum)')).toEqual({
      'd_seconds_bucket{job=shop,le=+Inf}': '0.001: 0, 10: 2, 20: 7',
      'd_seconds_bucket{job=shop,le=1}': '0.001: 0, 10: 1, 20: 1',
      'd_seconds_sum{job=shop}': '0.001: 0, 10: 1, 20: 3.5',
    })
  })

  test('other bounds end the buckets that are gone', async () => {
    explicit(400, 0, [1, 1, 1], [1, 2])
    explicit(410, 0, [1, 1, 1], [2, 3])
    expect(await hub.stored('d_.*bucket')).toEqual({
      'd_seconds_bucket{job=shop,le=+Inf}': '400: 3, 410: 3',
      'd_seconds_bucket{job=shop,le=1}': '400: 1, 410: stale',
      'd_seconds_bucket{job=shop,le=2}': '400: 2, 410: 1',
      'd_seconds_bucket{job=shop,le=3}': '410: 2',
    })
  })

  test('a histogram without a recorded value ends', async () => {
    explicit(400, 0, [1, 1], [1])
    hub.send([metric('d', 'histogram', [point(410, 0, { flags: 1 })], { ...CUMULATIVE, unit: 's' })], {
      resource: RESOURCE,
    })
    expect(Object.values(await hub.stored('d_.*'))).toEqual([
      '400: 2, 410: stale',
      '400: 1, 410: stale',
      '400: 2, 410: stale',
      '400: 1, 410: stale',
    ])
  })

  test('a summary has its quantiles, count and sum', async () => {
    const quantileValues = [
      { quantile: 0.5, value: 0.1 },
      { quantile: 0.99, value: 0.7 },
    ]
    hub.send([metric('d', 'summary', [point(400, 0, { count: 6, sum: 3, quantileValues })])], {
      resource: RESOURCE,
    })
    expect(await hub.stored('d.*')).toEqual({
      'd_count{job=shop}': '400: 6',
      'd_sum{job=shop}': '400: 3',
      'd{job=shop,quantile=0.5}': '400: 0.1',
      'd{job=shop,quantile=0.99}': '400: 0.7',
    })
  })

  test('exemplars are with the bucket that counted them', async () => {
    const exemplars = [0.2, 0.7, 9].map((value, index) => ({
      timeUnixNano: nanoseconds(395 + index),
      asDouble: value,
      traceId: `0af7651916cd43dd8448eb211c80319${index}`,
      spanId: '00f067aa0ba902b7',
      filteredAttributes: attributes({ 'user.id': `u${index}` }),
    }))
    const fields = { count: 3, sum: 10, bucketCounts: [1, 1, 1], explicitBounds: [0.5, 1], exemplars }
    hub.send([metric('d', 'histogram', [point(400, 0, fields)], CUMULATIVE)], { resource: RESOURCE })
    const found = await hub.reader.exemplars([
      { matchers: [new Matcher('__name__', '=', 'd_bucket')], start: 0, end: Infinity },
    ])
    expect(found.map(({ labels, exemplars: all }) => [labels['le'], all])).toEqual(
      [
        ['0.5', 0, 0.2],
        ['1', 1, 0.7],
        ['+Inf', 2, 9],
      ].map(([le, index, value]) => [
        le,
        [
          {
            labels: {
              trace_id: `0af7651916cd43dd8448eb211c80319${index}`,
              span_id: '00f067aa0ba902b7',
              user_id: `u${index}`,
            },
            value,
            time: (START + 395 + Number(index)) * 1_000,
          },
        ],
      ]),
    )
  })

  describe('of exponential buckets', () => {
    const exponential = (
      time: number,
      start: number,
      fields: Record<string, number | object>,
      temporality = CUMULATIVE,
    ): number =>
      hub.send(
        // The fields are plain JSON.
        [
          metric(
            'd',
            'exponentialHistogram',
            [point(time, start, fields as Parameters<typeof point>[2])],
            temporality,
          ),
        ],
        { resource: RESOURCE },
      ).rejected

    test('have explicit buckets of their scale, below and above zero', async () => {
      exponential(400, 0, {
        count: 10,
        sum: 5,
        scale: 0,
        zeroCount: 1,
        positive: { offset: 1, bucketCounts: [2, 3] },
        negative: { offset: 0, bucketCounts: [4] },
      })
      expect(await hub.stored('d_.*')).toEqual({
        'd_bucket{job=shop,le=+Inf}': '400: 10',
        'd_bucket{job=shop,le=-1}': '400: 4',
        'd_bucket{job=shop,le=-2}': '400: 0',
        'd_bucket{job=shop,le=0}': '400: 5',
        'd_bucket{job=shop,le=2}': '400: 5',
        'd_bucket{job=shop,le=4}': '400: 7',
        'd_bucket{job=shop,le=8}': '400: 10',
        'd_count{job=shop}': '400: 10',
        'd_sum{job=shop}': '400: 5',
      })
    })

    test('go on with every point, and end with another scale', async () => {
      const positive = (offset: number, bucketCounts: readonly number[]): object => ({ offset, bucketCounts })
      exponential(400, 0, { count: 2, sum: 1, scale: 1, positive: positive(0, [1, 1]) })
      exponential(410, 0, { count: 3, sum: 1, scale: 1, positive: positive(1, [1, 2]) })
      exponential(420, 0, { count: 3, sum: 1, scale: 0, positive: positive(0, [2, 1]) })
      const root = String(2 ** 0.5)
      const cube = String(2 ** 1.5)
      expect(await hub.stored('d_bucket')).toEqual({
        'd_bucket{job=shop,le=+Inf}': '400: 2, 410: 3, 420: 3',
        'd_bucket{job=shop,le=0}': '400: 0, 410: 0, 420: 0',
        'd_bucket{job=shop,le=1}': '400: 0, 410: 0, 420: 0',
        'd_bucket{job=shop,le=2}': '400: 2, 410: 1, 420: 2',
        'd_bucket{job=shop,le=4}': '420: 3',
        [`d_bucket{job=shop,le=${root}}`]: '400: 1, 410: 0, 420: stale',
        [`d_bucket{job=shop,le=${cube}}`]: '410: 3, 420: stale',
      })
    })

    test('are added up where they are increments, at the coarser scale', async () => {
      exponential(10, 0, { count: 2, sum: 1, scale: 1, positive: { offset: 0, bucketCounts: [1, 1] } }, DELTA)
      exponential(20, 10, { count: 3, sum: 1, scale: 0, positive: { offset: 1, bucketCounts: [3] } }, DELTA)
      exponential(30, 20, { count: 1, sum: 1, scale: 1, positive: { offset: 2, bucketCounts: [1] } }, DELTA)
      const stored = await hub.stored('d_(bucket|count|sum)')
      expect(stored['d_bucket{job=shop,le=2}']).toBe('0.001: 0, 10: 2, 20: 2, 30: 2')
      expect(stored['d_bucket{job=shop,le=4}']).toBe('20: 5, 30: 6')
      expect(stored['d_count{job=shop}']).toBe('0.001: 0, 10: 2, 20: 5, 30: 6')
      expect(stored['d_sum{job=shop}']).toBe('0.001: 0, 10: 1, 20: 2, 30: 3')
    })

    test('have quantiles within the error of their scale', async () => {
      // One value in each of the buckets from 1 to 16 at scale 3.
      exponential(400, 0, {
        count: 32,
        sum: 1,
        scale: 3,
        positive: { offset: 0, bucketCounts: Array.from({ length: 32 }, () => 1) },
      })
      const { result } = await queryInstant(hub.reader, 'histogram_quantile(0.5, d_bucket)', {
        time: (START + 400) * 1_000,
      })
      expect(result).toEqual([{ metric: { job: 'shop' }, value: [START + 400, '4'] }])
    })

    test('of absurd ranges are refused', () => {
      const fields = { count: 2, sum: 1, scale: 0, positive: { offset: 0, bucketCounts: [1] } }
      expect(exponential(400, 0, fields)).toBe(0)
      expect(exponential(410, 0, { ...fields, positive: { offset: 100_000, bucketCounts: [1] } })).toBe(1)
    })
  })
})
