import { describe, expect, it } from '@jest/globals'
import { ValueType } from '@opentelemetry/api'
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  MetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { decodeJson, decodeProtobuf, type Message } from '@sightline/servers/otlp'

import type { MetricFamily } from '../src/metric-family.ts'
import { createMetricEncoder } from '../src/metrics.ts'
import { ENCODINGS, RESOURCE, SCOPE, SPAN, TRACE, decoded, decodedEntry } from './entries.ts'

const START = 1_700_000_000_000
const NOW = START + 60_000.5

const HEAD = { name: 'basket.size', description: 'What is in a basket', unit: '{item}', startTime: START }

const POINT = { startTimeUnixNano: '1700000000000000000', timeUnixNano: '1700000060000500000' }

describe.each(ENCODINGS)('a metric in %s', (encoding) => {
  const encode = createMetricEncoder({ encoding })
  const read = (family: MetricFamily): Message => {
    const [only, ...more] = encode(family, NOW, SCOPE)
    if (only === undefined || more.length > 0) throw new Error('Not one entry.')
    expect(only.points).toBe(family.points.length)
    return decodedEntry('metrics', encoding, only.entry)
  }

  it('is a cumulative sum where it is a counter', () => {
    const metric = read({
      ...HEAD,
      type: 'counter',
      points: [
        { attributes: { route: '/a' }, value: 2.5 },
        { attributes: {}, value: 0, startTime: START + 1_000 },
      ],
    })
    expect(metric).toEqual({
      name: 'basket.size',
      description: 'What is in a basket',
      unit: '{item}',
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [
          { ...POINT, asDouble: 2.5, attributes: [{ key: 'route', value: { stringValue: '/a' } }] },
          { ...POINT, startTimeUnixNano: '1700000001000000000', asDouble: 0 },
        ],
      },
    })
  })

  it('is a sum that may fall where it is an up-down counter, in integers where they are', () => {
    const metric = read({ ...HEAD, type: 'updown', integer: true, points: [{ attributes: {}, value: -3 }] })
    expect(metric.sum).toEqual({ aggregationTemporality: 2, dataPoints: [{ ...POINT, asInt: '-3' }] })
  })

  it('has no start where it is a gauge', () => {
    const metric = read({ ...HEAD, type: 'gauge', points: [{ attributes: {}, value: Number.NaN }] })
    expect(metric.gauge.dataPoints).toEqual([
      { timeUnixNano: POINT.timeUnixNano, asDouble: expect.anything() },
    ])
    expect(Number(metric.gauge.dataPoints[0].asDouble)).toBeNaN()
  })

  it('is a double where something called whole is not', () => {
    const metric = read({ ...HEAD, type: 'counter', integer: true, points: [{ attributes: {}, value: 0.5 }] })
    expect(metric.sum.dataPoints).toEqual([{ ...POINT, asDouble: 0.5 }])
  })

  it('is a histogram with its buckets and exemplars', () => {
    const metric = read({
      ...HEAD,
      type: 'histogram',
      points: [
        {
          attributes: { 'http.route': '/a' },
          count: 6,
          sum: 7.25,
          min: 0,
          max: 5,
          bounds: [0.005, 1, 10],
          bucketCounts: [1, 2, 3, 0],
          exemplars: [
            { value: 0.25, time: START + 1, traceId: TRACE, spanId: SPAN, attributes: { id: 7 } },
            { value: 5, time: START + 2 },
          ],
        },
        { attributes: {}, count: 1, sum: 1, bounds: [], bucketCounts: [1] },
      ],
    })
    expect(metric.histogram).toEqual({
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...POINT,
          count: '6',
          sum: 7.25,
          min: 0,
          max: 5,
          explicitBounds: [0.005, 1, 10],
          bucketCounts: ['1', '2', '3', '0'],
          exemplars: [
            {
              timeUnixNano: '1700000000001000000',
              asDouble: 0.25,
              traceId: TRACE,
              spanId: SPAN,
              filteredAttributes: [{ key: 'id', value: { intValue: '7' } }],
            },
            { timeUnixNano: '1700000000002000000', asDouble: 5 },
          ],
          attributes: [{ key: 'http.route', value: { stringValue: '/a' } }],
        },
        { ...POINT, count: '1', sum: 1, bucketCounts: ['1'] },
      ],
    })
  })

  it('is a summary with its quantiles', () => {
    const quantiles = [
      { quantile: 0.5, value: 0.1 },
      { quantile: 0.99, value: 2 },
    ]
    const metric = read({
      ...HEAD,
      type: 'summary',
      points: [{ attributes: { a: 'b' }, count: 9, sum: 3, quantiles }],
    })
    expect(metric.summary.dataPoints).toEqual([
      {
        ...POINT,
        count: '9',
        sum: 3,
        quantileValues: quantiles,
        attributes: [{ key: 'a', value: { stringValue: 'b' } }],
      },
    ])
  })

  it('is not sent where it has no series', () => {
    expect(encode({ ...HEAD, type: 'counter', points: [] }, NOW, SCOPE)).toEqual([])
  })

  it('comes in parts where it has very many series, none lost and none twice', () => {
    const points = Array.from({ length: 8_000 }, (_, index) => ({
      attributes: { user: `u${index}` },
      value: index,
    }))
    const parts = encode({ ...HEAD, type: 'counter', points }, NOW, SCOPE)
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.reduce((sum, part) => sum + part.points, 0)).toBe(points.length)
    const values = parts.flatMap(({ entry, points: count }) => {
      expect(entry.length).toBeLessThan(300_000)
      const { name, sum } = decodedEntry('metrics', encoding, entry)
      expect(name).toBe('basket.size')
      expect(sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: true })
      expect(sum.dataPoints).toHaveLength(count)
      return sum.dataPoints.map(({ asDouble }: Message) => asDouble as number)
    })
    expect(values).toEqual(points.map(({ value }) => value))
  })

  it('is the same as what OpenTelemetry’s own exporter sends', async () => {
    const theirs = await collected()
    const serializer = encoding === 'json' ? JsonMetricsSerializer : ProtobufMetricsSerializer
    const bytes = serializer.serializeRequest(theirs)
    if (bytes === undefined) throw new Error('OpenTelemetry has serialized nothing.')
    const entries = theirs.scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap((metric) => encode(familyOf(metric), ms(metric.dataPoints[0]?.endTime), SCOPE)),
    )
    const ours = decoded(
      'metrics',
      encoding,
      entries.map(({ entry }) => entry),
    )
    const theirsDecoded =
      encoding === 'json' ? decodeJson('metrics', bytes) : decodeProtobuf('metrics', bytes)
    expect(essential(ours)).toEqual(essential(theirsDecoded))
  })
})

class HandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The measurements of the SDK, in the form that its exporters receive. */
async function collected(): Promise<ResourceMetrics> {
  const reader = new HandReader()
  const provider = new MeterProvider({
    resource: resourceFromAttributes(RESOURCE),
    readers: [reader],
  })
  const meter = provider.getMeter(SCOPE.name, SCOPE.version)
  const counter = meter.createCounter('orders', {
    description: 'Orders',
    unit: '{order}',
    valueType: ValueType.INT,
  })
  counter.add(3, { shop: 'a' })
  counter.add(4, { shop: 'b', big: true })
  meter.createUpDownCounter('in.flight', { valueType: ValueType.DOUBLE }).add(-2.5)
  meter.createGauge('temperature').record(36.6, { room: 1 })
  const histogram = meter.createHistogram('duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 1] },
  })
  for (const seconds of [0.05, 0.1, 0.5, 3]) histogram.record(seconds, { route: '/a' })
  const { resourceMetrics } = await reader.collect()
  await provider.shutdown()
  return resourceMetrics
}

function ms(time: readonly [number, number] | undefined): number {
  return time === undefined ? 0 : time[0] * 1_000 + time[1] / 1e6
}

type SdkMetric = ResourceMetrics['scopeMetrics'][number]['metrics'][number]

function familyOf(metric: SdkMetric): MetricFamily {
  const { name, description, unit, valueType } = metric.descriptor
  expect(metric.aggregationTemporality).toBe(AggregationTemporality.CUMULATIVE)
  const head = { name, description, unit, startTime: ms(metric.dataPoints[0]?.startTime) }
  if (metric.dataPointType === DataPointType.HISTOGRAM)
    return {
      ...head,
      type: 'histogram',
      points: metric.dataPoints.map(({ attributes, startTime, value }) => ({
        attributes,
        startTime: ms(startTime),
        count: value.count,
        sum: value.sum ?? 0,
        min: value.min,
        max: value.max,
        bounds: value.buckets.boundaries,
        bucketCounts: value.buckets.counts,
      })),
    }
  const isSum = metric.dataPointType === DataPointType.SUM
  return {
    ...head,
    type: isSum ? (metric.isMonotonic ? 'counter' : 'updown') : 'gauge',
    integer: valueType === ValueType.INT,
    points: metric.dataPoints.map(({ attributes, startTime, value }) => ({
      attributes,
      startTime: ms(startTime),
      value: value as number,
    })),
  }
}

/**
 * Removes default values, which equal absent ones, and rounds times to the microsecond: our times are in
 * milliseconds, the SDK's in seconds. The start of a gauge is removed: it has no meaning.
 */
function essential(value: unknown, within = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => essential(item, within))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, held]) => !(held === '' || held === 0 || held === false) || name.startsWith('as'))
      .filter(([, held]) => !(Array.isArray(held) && held.length === 0))
      .filter(([name]) => !(within === 'gauge' && name === 'startTimeUnixNano'))
      .map(([name, held]) => {
        if (name.endsWith('UnixNano')) return [name, Math.round(Number(held) / 1_000)]
        return [name, essential(held, name === 'dataPoints' ? within : name)]
      }),
  )
}
