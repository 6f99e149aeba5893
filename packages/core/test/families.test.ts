import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Counter, Histogram, Registry, Summary } from '@prometheus-io/client'

import { hostOf } from '../src/adapter/index.ts'
import type { ClientRegistry, Sightline } from '../src/index.ts'
import { CounterInstrument, HistogramInstrument } from '../src/series/instruments.ts'
import { labelsIn, labelText } from '../src/series/labels.ts'
import { tapsOf } from '../src/taps.ts'
import type { Family, Series } from '../src/telemetry.ts'
import { quiet } from './probe.ts'
import { record } from './record.ts'

let sightline: Sightline
let registry: Registry
/** What a registry of the application's own gives. */
let custom: object[]

beforeEach(() => {
  registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
  custom = []
  const own = { getMetricsAsJSON: async () => custom } as unknown as ClientRegistry
  sightline = quiet({ metrics: { runtime: false, host: false, registries: [registry, own] } })
})
afterEach(() => sightline.close())

async function families(): Promise<ReadonlyMap<string, Family>> {
  const found = new Map<string, Family>()
  const all = tapsOf(sightline)?.metrics.families() ?? []
  for await (const family of all) found.set(family.name, family)
  return found
}

const seriesOf = async (name: string): Promise<Series[]> => [
  ...((await families()).get(name)?.series() ?? []),
]

/** All numbers of a series. */
function numbersOf(series: Series | undefined) {
  if (series === undefined) return undefined
  const { labels } = series
  if ('value' in series) return { labels, value: series.value, exemplar: series.exemplar }
  if ('quantiles' in series) {
    const { quantiles, sum, count } = series
    return { labels, quantiles, sum, count }
  }
  const { bounds, sum, exemplars } = series
  const buckets = [...bounds, Infinity].map((_, index) => series.inBucket(index))
  return { labels, bounds, buckets, sum, exemplars }
}

const faults = async () => (await seriesOf('sightline_faults_total')).map(({ labels }) => labels.source)

it.each([
  {},
  { plain: '1' },
  { method: 'GET', route: '/a,b="c"}' },
  { first: '\\', second: '"\n\\n', third: '' },
  { 'ä€😀': 'ä€😀', last: 'x\\"' },
])('reads the labels that were written: %j', (labels) => {
  expect(labelsIn(labelText(labels))).toEqual(labels)
})

describe('the families of a Sightline', () => {
  it('give the numbers of instruments, with labels by name', async () => {
    sightline.metrics
      .counter({ name: 'orders_total', help: 'Orders.', labels: ['kind'] })
      .inc({ kind: 'a"b' })
    hostOf(sightline).know([{ method: 'GET', route: '/quoted/"x"' }])
    const labels = { method: 'GET', route: '/quoted/"x"' }
    expect((await seriesOf('orders_total')).map(numbersOf)).toEqual([{ labels: { kind: 'a"b' }, value: 1 }])
    expect((await seriesOf('http_requests_total')).map(numbersOf)).toEqual([
      { labels: { ...labels, status: '200' }, value: 0 },
      { labels: { ...labels, status: '500' }, value: 0 },
    ])
    const [duration] = await seriesOf('http_request_size_bytes')
    expect(numbersOf(duration)).toMatchObject({ labels, buckets: [0, 0, 0, 0, 0, 0, 0, 0], sum: 0 })
    expect(duration?.labelText).toBe('method="GET",route="/quoted/\\"x\\""')
  })

  it('have no two whose names a scrape in OpenMetrics cannot tell apart', async () => {
    new Counter({ name: 'twice_total', help: 'T.', registers: [registry] }).inc(2)
    custom.push({ name: 'twice', help: 'T.', type: 'gauge', values: [{ value: 1 }] })
    expect([...(await families()).keys()].filter((name) => name.startsWith('twice'))).toEqual(['twice_total'])
    expect(await faults()).toContain('metric twice')
  })
})

describe('the series of an instrument', () => {
  const trace = { ...record().trace, sampled: true }

  it('keep the numbers of the moment in which they were asked for', () => {
    const counter = new CounterInstrument('c_total', 'C.', 3)
    const histogram = new HistogramInstrument('h_seconds', 'H.', 3, [1, 5])
    const count = counter.at('')
    const distribution = histogram.at('a="1"')
    distribution?.observe(2, trace)
    const counts = counter.series()
    const distributions = histogram.series()
    if (count) count.value = 7
    distribution?.observe(4, trace)
    histogram.at('a="2"')
    expect(Array.from(counts, numbersOf)).toEqual([{ labels: {}, value: 0 }])
    const exemplar = { traceId: trace.traceId, spanId: trace.spanId, value: 2, time: expect.any(Number) }
    expect(Array.from(distributions, numbersOf)).toEqual([
      { labels: { a: '1' }, bounds: [1, 5], buckets: [0, 1, 0], sum: 2, exemplars: [undefined, exemplar] },
    ])
    expect(Array.from(histogram.series(), ({ sum }) => sum)).toEqual([6, 0])
  })

  it('have the same labels at each reading', () => {
    const counter = new CounterInstrument('c_total', 'C.', 3)
    counter.at('a="1"')
    const [first] = counter.series()
    const [second] = counter.series()
    expect(second?.labels).toBe(first?.labels)
  })
})

describe('the metrics of another registry', () => {
  it('are numbers: buckets alone, quantiles, exemplars, default labels', async () => {
    registry.setDefaultLabels({ app: 'shop' })
    const exemplarLabels = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), more: 'm' }
    const histogram = new Histogram<string>({
      name: 'lib_seconds',
      help: 'L.',
      labelNames: ['op'],
      buckets: [0.1, 1],
      enableExemplars: true,
      registers: [registry],
    })
    for (const value of [0.05, 0.5, 0.6, 5])
      histogram.observe({ labels: { op: 'read' }, value, exemplarLabels })
    new Summary({ name: 'lib_wait', help: 'W.', percentiles: [0.5], registers: [registry] }).observe(4)
    new Counter({ name: 'lib_total', help: 'C.', labelNames: ['code'], registers: [registry] }).inc({
      code: 7,
    })
    const [read] = await seriesOf('lib_seconds')
    const exemplar = (value: number) => ({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      labels: { more: 'm' },
      value,
      time: expect.any(Number),
    })
    expect(numbersOf(read)).toEqual({
      labels: { app: 'shop', op: 'read' },
      bounds: [0.1, 1],
      buckets: [1, 2, 1],
      sum: 6.15,
      exemplars: [exemplar(0.05), exemplar(0.6), exemplar(5)],
    })
    expect((await seriesOf('lib_wait')).map(numbersOf)).toEqual([
      { labels: { app: 'shop' }, quantiles: [{ quantile: 0.5, value: 4 }], sum: 4, count: 1 },
    ])
    expect((await seriesOf('lib_total')).map(numbersOf)).toEqual([
      { labels: { app: 'shop', code: '7' }, value: 1, exemplar: undefined },
    ])
  })

  it('are put together by their labels where a registry gives single samples', async () => {
    const sample = (suffix: string, labels: object, value: unknown) => ({
      metricName: `odd_seconds${suffix}`,
      labels,
      value,
    })
    const values = [
      sample('_bucket', { le: 0.1, op: 'a' }, 1),
      sample('_bucket', { op: 'b', le: '0.1' }, 2),
      sample('_bucket', { le: '+Inf', op: 'a' }, 4),
      sample('_sum', { op: 'b' }, 9),
      sample('_count', { op: 'b' }, 3),
      sample('_sum', { op: 'a' }, 8),
    ]
    custom.push({ name: 'odd_seconds', help: 'O.', type: 'histogram', values })
    expect((await seriesOf('odd_seconds')).map(numbersOf)).toEqual([
      { labels: { op: 'a' }, bounds: [0.1], buckets: [1, 3], sum: 8, exemplars: undefined },
      { labels: { op: 'b' }, bounds: [0.1], buckets: [2, 1], sum: 9, exemplars: undefined },
    ])
  })

  it.each([
    ['a value that is no number', 'gauge', { value: '1' }],
    ['a name that no sample of the type has', 'histogram', { value: 1, metricName: 'odd_total' }],
    ['a bucket without a bound', 'histogram', { value: 1, metricName: 'odd_bucket', labels: {} }],
  ])('lose %s, which is told', async (_, type, value) => {
    custom.push({ name: 'odd', help: 'O.', type, values: [value] })
    expect(await seriesOf('odd')).toEqual([])
    expect(await faults()).toContain('metric odd')
  })
})
