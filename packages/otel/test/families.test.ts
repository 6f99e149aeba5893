import { expect, it } from '@jest/globals'
import {
  type Family,
  type HistogramSeries,
  labelled,
  type NumberFamily,
  type SeriesLabels,
} from '@sightline/core/telemetry'

import { partsOf } from '../src/metrics/families.ts'

const read = (...families: readonly Family[]) => families.flatMap((family) => [...partsOf(family, 1_000)])

const numbers = (
  name: string,
  type: NumberFamily['type'],
  value: number,
  labels: SeriesLabels = {},
  help = '',
): Family => ({ name, type, help, series: () => [{ ...labelled(labels), value }] })

/** One series of a histogram; `counts`: of each bucket alone. */
const distribution = (
  labels: SeriesLabels,
  bounds: readonly number[],
  counts: readonly number[],
  sum: number,
  exemplars?: HistogramSeries['exemplars'],
): HistogramSeries => ({
  ...labelled(labels),
  bounds,
  inBucket: (index) => counts[index] ?? 0,
  sum,
  exemplars,
})

const histogram = (name: string, ...series: readonly HistogramSeries[]): Family => ({
  name,
  type: 'histogram',
  help: '',
  series: () => series,
})

it('reads counts under a name that Prometheus makes into the same again', () => {
  expect(read(numbers('orders_total', 'counter', 3, { kind: 'a,b"}' }, 'Orders \\ a\nb.'))).toEqual([
    {
      name: 'orders',
      unit: '',
      description: 'Orders \\ a\nb.',
      startTime: 1_000,
      type: 'counter',
      points: [{ attributes: { kind: 'a,b"}' }, value: 3 }],
    },
  ])
})

it('keeps the name and the definition of a ratio, which Prometheus gets unchanged', () => {
  const definition = {
    name: 'shop_conversion_ratio',
    help: 'Conversion.',
    of: 'orders_total{status="paid"}',
    to: 'visits_total',
  }
  expect(read(numbers('metric_ratio_info', 'gauge', 1, definition))).toMatchObject([
    { name: 'metric_ratio_info', unit: '', type: 'gauge', points: [{ attributes: definition, value: 1 }] },
  ])
})

it('has the count of each bucket alone, series by series', () => {
  const exemplar = { value: 0.5, time: 1_700_000_000_500, traceId: 't', spanId: 's', labels: { more: 'm' } }
  const [family] = read(
    histogram(
      'size_bytes',
      distribution({ a: '1' }, [1, 5], [1, 2, 1], 12.5, [exemplar]),
      distribution({ a: '2' }, [1, 5], [0, 0, 0], 0),
    ),
  )
  expect(family).toMatchObject({
    name: 'size',
    unit: 'By',
    points: [
      {
        attributes: { a: '1' },
        count: 4,
        sum: 12.5,
        bounds: [1, 5],
        bucketCounts: [1, 2, 1],
        exemplars: [
          { value: 0.5, time: 1_700_000_000_500, traceId: 't', spanId: 's', attributes: { more: 'm' } },
        ],
      },
      { attributes: { a: '2' }, count: 0, bucketCounts: [0, 0, 0] },
    ],
  })
})

it('calls requests to others and connections as the conventions do, under either naming', () => {
  const place = { 'http.request.method': 'GET', 'server.address': 'stock', 'server.port': 3_000 }
  const failed = { ...place, 'error.type': 'ECONNREFUSED' }
  for (const [labels, attributes] of [
    [{ method: 'GET', host: 'stock:3000', status: 'ECONNREFUSED' }, failed],
    [
      { method: 'GET', host: 'stock:3000', status: '200' },
      { ...place, 'http.response.status_code': 200 },
    ],
    [
      {
        http_request_method: 'GET',
        server_address: 'stock',
        server_port: '3000',
        http_response_status_code: '',
        error_type: 'ECONNREFUSED',
      },
      failed,
    ],
  ] as const) {
    const family = histogram('http_client_request_duration_seconds', distribution(labels, [], [1], 1))
    expect(read(family)).toMatchObject([
      { name: 'http.client.request.duration', unit: 's', points: [{ attributes, count: 1 }] },
    ])
  }
  expect(
    read(numbers('db_client_connection_count', 'gauge', 2, { state: 'used', pool: 'orders' })),
  ).toMatchObject([
    {
      name: 'db.client.connection.count',
      type: 'updown',
      points: [
        {
          attributes: { 'db.client.connection.state': 'used', 'db.client.connection.pool.name': 'orders' },
          value: 2,
        },
      ],
    },
  ])
})

it('reads summaries, and values that are no ordinary numbers', () => {
  const quantiles = [
    { quantile: 0.5, value: 2 },
    { quantile: 0.9, value: Number.NaN },
  ]
  const [summary, gauge] = read(
    {
      name: 'wait_seconds',
      type: 'summary',
      help: '',
      series: () => [{ ...labelled({}), quantiles, sum: 4, count: 2 }],
    },
    numbers('level', 'gauge', Number.NEGATIVE_INFINITY),
  )
  expect(summary).toMatchObject({
    name: 'wait',
    unit: 's',
    points: [
      {
        sum: 4,
        count: 2,
        quantiles: [
          { quantile: 0.5, value: 2 },
          { quantile: 0.9, value: Number.NaN },
        ],
      },
    ],
  })
  expect(gauge).toMatchObject({ type: 'gauge', points: [{ value: Number.NEGATIVE_INFINITY }] })
})

it.each([
  [
    'classic',
    'http_request_duration_seconds',
    { method: 'GET', route: '/a' },
    { 'http.request.method': 'GET', 'http.route': '/a' },
  ],
  [
    'otel',
    'http_server_request_duration_seconds',
    {
      http_request_method: 'GET',
      http_route: 'unmatched',
      http_response_status_code: '200',
      error_type: '',
      url_scheme: 'http',
    },
    { 'http.request.method': 'GET', 'http.response.status_code': 200, 'url.scheme': 'http' },
  ],
])('gives requests the names of the conventions, under the %s naming', (_, name, labels, attributes) => {
  const [family] = read(histogram(name, distribution(labels, [], [1], 1)))
  expect(family).toMatchObject({
    name: 'http.server.request.duration',
    unit: 's',
    points: [{ attributes }],
  })
  expect(Object.keys(family?.points[0]?.attributes ?? {})).toEqual(Object.keys(attributes))
})

it('reads a long family in parts', () => {
  const labels = Array.from({ length: 1_000 }, (_, i) => labelled({ i: String(i) }))
  const series = labels.map((each, value) => ({ ...each, value }))
  const parts = read({ name: 'long_total', type: 'counter', help: 'L.', series: () => series })
  expect(parts.length).toBeGreaterThan(1)
  expect(parts.map(({ name }) => name)).toEqual(parts.map(() => 'long'))
  const shown = parts.flatMap((part) => (part.type === 'counter' ? part.points : []))
  expect(shown.map(({ attributes }) => attributes.i)).toEqual(series.map(({ labels: { i } }) => i))
})
