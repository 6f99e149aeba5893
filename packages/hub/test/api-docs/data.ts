import { createReader } from '@sightline/otlp'
import type { SelectedSeries } from '@sightline/promql'

import type { EventWriter } from '../../src/store/events.ts'
import type { SeriesData } from '../stored/series.ts'

/** The time at which the examples are asked, in milliseconds since 1970. */
export const NOW = Date.UTC(2026, 0, 31, 12)

const EVERY_MS = 15_000
const SAMPLES = 241

/** A counter over the last hour. */
function counter(labels: Readonly<Record<string, string>>, perSecond: number): SelectedSeries {
  const times = Float64Array.from({ length: SAMPLES }, (_, index) => NOW - (SAMPLES - 1 - index) * EVERY_MS)
  return { labels, times, values: times.map((_, index) => (index * EVERY_MS * perSecond) / 1000) }
}

/** A series an hour earlier. */
function earlier({ labels, times, values }: SelectedSeries): SelectedSeries {
  return { labels, times: times.map((time) => time - 3_600_000), values }
}

function gauge(labels: Readonly<Record<string, string>>, value: number): SelectedSeries {
  const { times, values } = counter(labels, 0)
  return { labels, times, values: values.fill(value) }
}

/** A value every 5 minutes in the same hours of some days, the last of them yesterday. */
function daily(labels: Readonly<Record<string, string>>, days: number): SelectedSeries {
  const perDay = 24
  const times = Float64Array.from({ length: days * perDay }, (_, index) => {
    const day = Math.floor(index / perDay)
    return NOW - (days - day) * 86_400_000 - 3_600_000 + (index % perDay) * 300_000
  })
  return { labels, times, values: times.map((_, index) => 10 + (index % 12)) }
}

function histogram(
  name: string,
  labels: Readonly<Record<string, string>>,
  perSecond: number,
): SelectedSeries[] {
  return [
    counter({ __name__: `${name}_bucket`, ...labels, le: '0.1' }, perSecond / 2),
    counter({ __name__: `${name}_bucket`, ...labels, le: '1' }, perSecond),
    counter({ __name__: `${name}_bucket`, ...labels, le: '+Inf' }, perSecond),
    counter({ __name__: `${name}_sum`, ...labels }, perSecond / 4),
    counter({ __name__: `${name}_count`, ...labels }, perSecond),
  ]
}

const TRACE = '0af7651916cd43dd8448eb211c80319c'

const shop = (method: string, route: string, status: string) => ({
  job: 'shop',
  instance: 'shop-1',
  http_request_method: method,
  http_route: route,
  http_response_status_code: status,
})

const spans = (name: string, kind: string, status: string) => ({
  __name__: 'traces_spanmetrics_calls_total',
  job: 'shop',
  instance: 'shop-1',
  span_name: name,
  span_kind: kind,
  status_code: status,
})

/** The series of the examples. */
export const SERIES: SeriesData = {
  series: [
    gauge({ __name__: 'target_info', job: 'shop', instance: 'shop-1', service_version: '2.1.0' }, 1),
    ...[
      gauge({ __name__: 'target_info', job: 'shop', instance: 'shop-0', service_version: '2.0.0' }, 1),
      ...histogram(
        'http_server_request_duration_seconds',
        { ...shop('GET', '/items/:id', '200'), instance: 'shop-0' },
        3,
      ),
    ].map(earlier),
    ...histogram('http_server_request_duration_seconds', shop('GET', '/items/:id', '200'), 6),
    ...histogram('http_server_request_duration_seconds', shop('POST', '/orders', '201'), 1.5),
    ...histogram('http_server_request_duration_seconds', shop('POST', '/orders', '500'), 0.5),
    gauge({ __name__: 'up', job: 'mail', instance: 'mail:9090' }, 1),
    daily({ __name__: 'mail_queue_length', job: 'mail', instance: 'mail:9090' }, 4),
    counter(
      {
        __name__: 'http_requests_total',
        job: 'mail',
        instance: 'mail:9090',
        method: 'POST',
        route: '/send',
        status: '202',
      },
      2,
    ),
    ...histogram(
      'http_request_duration_seconds',
      { job: 'mail', instance: 'mail:9090', method: 'POST', route: '/send' },
      2,
    ),
    counter(spans('POST /orders', 'SPAN_KIND_SERVER', 'STATUS_CODE_UNSET'), 2),
    counter(spans('GET /items/:id', 'SPAN_KIND_SERVER', 'STATUS_CODE_UNSET'), 6),
    counter(spans('POST', 'SPAN_KIND_CLIENT', 'STATUS_CODE_UNSET'), 2),
    counter({ __name__: 'traces_service_graph_request_total', client: 'shop', server: 'mail' }, 2),
    counter({ __name__: 'traces_service_graph_request_failed_total', client: 'shop', server: 'mail' }, 0),
    ...histogram('traces_service_graph_request_server_seconds', { client: 'shop', server: 'mail' }, 2),
    counter({ __name__: 'shop_orders_total', job: 'shop', instance: 'shop-1', status: 'paid' }, 1.5),
    counter({ __name__: 'shop_visits_total', job: 'shop', instance: 'shop-1' }, 20),
    gauge(
      {
        __name__: 'metric_ratio_info',
        job: 'shop',
        instance: 'shop-1',
        name: 'shop_conversion_ratio',
        help: 'Visits that end with an order.',
        of: 'shop_orders_total{status="paid"}',
        to: 'shop_visits_total',
      },
      1,
    ),
  ],
  metadata: {
    up: { type: 'gauge', help: '', unit: '' },
    shop_orders_total: { type: 'counter', help: 'Orders by how they ended.', unit: '' },
    shop_visits_total: { type: 'counter', help: 'Visits.', unit: '' },
    http_requests_total: { type: 'counter', help: 'Requests by method, route and status.', unit: '' },
  },
  exemplars: [
    {
      of: {
        __name__: 'http_server_request_duration_seconds_bucket',
        ...shop('POST', '/orders', '500'),
        le: '1',
      },
      labels: { trace_id: TRACE, span_id: 'b7ad6b7169203331' },
      value: 0.25,
      time: NOW - 60_000,
    },
  ],
}

const resource = {
  attributes: [
    { key: 'service.name', value: { stringValue: 'shop' } },
    { key: 'service.instance.id', value: { stringValue: 'shop-1' } },
    { key: 'service.version', value: { stringValue: '2.1.0' } },
  ],
}
const scope = { name: '@sightline/otel' }

/** Nanoseconds since 1970 of a moment before `NOW`, in milliseconds. */
const at = (msBefore: number) => `${NOW - msBefore}000000`
const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
const integer = (key: string, value: number) => ({ key, value: { intValue: String(value) } })

const EXCEPTION = [
  text('exception.type', 'RangeError'),
  text('exception.message', 'no stock of item 7'),
  text('exception.stacktrace', 'RangeError: no stock of item 7\n    at reserve (/srv/shop/stock.js:12:9)'),
]

const TRACES = {
  resourceSpans: [
    {
      resource,
      scopeSpans: [
        {
          scope,
          spans: [
            {
              traceId: TRACE,
              spanId: 'b7ad6b7169203331',
              name: 'POST /orders',
              kind: 2,
              flags: 1,
              startTimeUnixNano: at(60_250),
              endTimeUnixNano: at(60_000),
              attributes: [
                text('http.request.method', 'POST'),
                text('http.route', '/orders'),
                integer('http.response.status_code', 500),
                text('user.id', 'ada'),
              ],
              events: [{ timeUnixNano: at(60_010), name: 'exception', attributes: EXCEPTION }],
              status: { code: 2, message: 'no stock of item 7' },
            },
            {
              traceId: TRACE,
              spanId: '00f067aa0ba902b7',
              parentSpanId: 'b7ad6b7169203331',
              name: 'SELECT stock',
              kind: 3,
              flags: 1,
              startTimeUnixNano: at(60_200),
              endTimeUnixNano: at(60_020),
              attributes: [text('db.system.name', 'postgresql')],
            },
            {
              traceId: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
              spanId: 'c0ffee0123456789',
              name: 'GET /items/:id',
              kind: 2,
              flags: 1,
              startTimeUnixNano: at(150_015),
              endTimeUnixNano: at(150_000),
              attributes: [integer('http.response.status_code', 200)],
            },
            {
              traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
              spanId: '53995c3f42cd8ad8',
              name: 'GET /items/:id',
              kind: 2,
              flags: 1,
              startTimeUnixNano: at(90_020),
              endTimeUnixNano: at(90_000),
              attributes: [integer('http.response.status_code', 200)],
            },
          ],
        },
      ],
    },
  ],
}

const LOGS = {
  resourceLogs: [
    {
      resource,
      scopeLogs: [
        {
          scope,
          logRecords: [
            {
              timeUnixNano: at(60_240),
              observedTimeUnixNano: at(60_240),
              severityNumber: 9,
              severityText: 'INFO',
              body: { stringValue: 'order received' },
              attributes: [text('user.id', 'ada'), integer('items', 3)],
              traceId: TRACE,
              spanId: 'b7ad6b7169203331',
              flags: 1,
            },
            {
              timeUnixNano: at(60_010),
              observedTimeUnixNano: at(60_010),
              severityNumber: 17,
              severityText: 'ERROR',
              body: { stringValue: 'order failed: no stock' },
              attributes: [text('user.id', 'ada')],
              traceId: TRACE,
              spanId: 'b7ad6b7169203331',
              flags: 1,
            },
            {
              timeUnixNano: at(30_000),
              observedTimeUnixNano: at(30_000),
              severityNumber: 9,
              severityText: 'INFO',
              body: { stringValue: 'stock refreshed' },
              attributes: [],
            },
          ],
        },
      ],
    },
  ],
}

/** Writes the spans, log records and the error of the examples. */
export function writeEvents(writer: EventWriter): void {
  const reader = createReader()
  const bytes = (request: unknown) => new TextEncoder().encode(JSON.stringify(request))
  writer.spans(reader.spans(bytes(TRACES), 'json'), [
    {
      row: 0,
      fingerprint: '1-5d0c7c9f8a1e4b26',
      time: BigInt(at(60_010)),
      type: 'RangeError',
      message: 'no stock of item 7',
      stack: 'RangeError: no stock of item 7\n    at reserve (/srv/shop/stock.js:12:9)',
      version: '2.1.0',
      route: '/orders',
      user: 'ada',
    },
  ])
  writer.logs(reader.logs(bytes(LOGS), 'json'), [])
  writer.commit()
}
