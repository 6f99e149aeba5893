import type { SelectedSeries } from '@sightline/promql'

/** The time of the newest samples, in milliseconds since 1970. */
export const END = Date.UTC(2026, 0, 31, 12)

const EVERY_MS = 15_000
const HOURS_2 = 7_200_000

/** A series with a sample each 15 seconds. `from` and `to` are milliseconds before `END`. */
function sampled(
  labels: Readonly<Record<string, string>>,
  valueAt: (seconds: number) => number,
  { from = HOURS_2, to = 0 }: { from?: number; to?: number } = {},
): SelectedSeries {
  const times = Float64Array.from(
    { length: (from - to) / EVERY_MS + 1 },
    (_, index) => END - from + index * EVERY_MS,
  )
  return { labels, times, values: times.map((time) => valueAt((time - END + from) / 1000)) }
}

export const counter = (labels: Readonly<Record<string, string>>, perSecond: number, range = {}) =>
  sampled(labels, (seconds) => seconds * perSecond, range)
const gauge = (labels: Readonly<Record<string, string>>, value: number, range = {}) =>
  sampled(labels, () => value, range)

/** A histogram in which half of the requests take up to 0.1 s, and the others up to 1 s. */
export function histogram(
  name: string,
  labels: Readonly<Record<string, string>>,
  perSecond: number,
): SelectedSeries[] {
  return [
    counter({ __name__: `${name}_bucket`, ...labels, le: '0.1' }, perSecond / 2),
    counter({ __name__: `${name}_bucket`, ...labels, le: '1' }, perSecond),
    counter({ __name__: `${name}_bucket`, ...labels, le: '+Inf' }, perSecond),
    counter({ __name__: `${name}_sum`, ...labels }, perSecond * 0.25),
    counter({ __name__: `${name}_count`, ...labels }, perSecond),
  ]
}

const shop = (instance: string, method: string, route: string, status: string) => ({
  job: 'shop',
  instance,
  http_request_method: method,
  http_route: route,
  http_response_status_code: status,
})

/**
 * Services of all kinds: `shop` pushes its own metrics and fails, `mail` is scraped and has an instance that is down, `search` only
 * sends spans, `night/cron` serves no requests, `legacy` has ended an hour ago, and `gone` cannot be scraped.
 */
export const SERVICE_SERIES: readonly SelectedSeries[] = [
  gauge({ __name__: 'target_info', job: 'shop', instance: 'shop-1', service_version: '2.1.0' }, 1),
  gauge({ __name__: 'target_info', job: 'shop', instance: 'shop-2', service_version: '2.0.0' }, 1),
  gauge({ __name__: 'target_info', job: 'shop', instance: 'shop-0', service_version: '1.9.0' }, 1, {
    to: 1_800_000,
  }),
  ...histogram('http_server_request_duration_seconds', shop('shop-1', 'GET', '/items/:id', '200'), 6),
  ...histogram('http_server_request_duration_seconds', shop('shop-2', 'GET', '/items/:id', '200'), 2),
  ...histogram('http_server_request_duration_seconds', shop('shop-1', 'POST', '/orders', '201'), 1),
  ...histogram('http_server_request_duration_seconds', shop('shop-1', 'POST', '/orders', '500'), 1),
  gauge({ __name__: 'nodejs_eventloop_delay_p99_seconds', job: 'shop', instance: 'shop-1' }, 0.02),
  gauge({ __name__: 'nodejs_eventloop_delay_p99_seconds', job: 'shop', instance: 'shop-2' }, 0.03),

  gauge({ __name__: 'up', job: 'mail', instance: 'mail-1' }, 1),
  gauge({ __name__: 'up', job: 'mail', instance: 'mail-2' }, 0),
  gauge({ __name__: 'service_info', job: 'mail', instance: 'mail-1', service: 'mail', version: '5.0.0' }, 1),
  counter(
    {
      __name__: 'http_requests_total',
      job: 'mail',
      instance: 'mail-1',
      method: 'POST',
      route: '/send',
      status: '202',
    },
    4,
  ),
  ...histogram(
    'http_request_duration_seconds',
    { job: 'mail', instance: 'mail-1', method: 'POST', route: '/send' },
    4,
  ),

  ...['STATUS_CODE_UNSET', 'STATUS_CODE_ERROR'].flatMap((status_code, index) => {
    const labels = {
      job: 'search',
      instance: 's1',
      span_name: 'GET /find',
      span_kind: 'SPAN_KIND_SERVER',
      status_code,
    }
    return [
      counter({ __name__: 'traces_spanmetrics_calls_total', ...labels }, index === 0 ? 97 : 3),
      ...histogram('traces_spanmetrics_duration_seconds', labels, index === 0 ? 97 : 3),
    ]
  }),
  counter(
    {
      __name__: 'traces_spanmetrics_calls_total',
      job: 'search',
      instance: 's1',
      span_name: 'SELECT',
      span_kind: 'SPAN_KIND_CLIENT',
      status_code: 'STATUS_CODE_UNSET',
    },
    500,
  ),

  gauge({ __name__: 'target_info', job: 'night/cron', instance: 'cron-1' }, 1),
  gauge({ __name__: 'target_info', job: 'legacy', instance: 'legacy-1', service_version: '0.9.0' }, 1, {
    to: 3_600_000,
  }),
  gauge({ __name__: 'up', job: 'gone', instance: 'gone-1' }, 0),

  ...(
    [
      ['shop', 'mail', 2, 0.5],
      ['shop', 'search', 20, 0],
      ['web', 'shop', 10, 1],
      ['web', 'search', 5, 0],
    ] as const
  ).flatMap(([client, server, rate, failed]) => [
    counter({ __name__: 'traces_service_graph_request_total', client, server }, rate),
    counter({ __name__: 'traces_service_graph_request_failed_total', client, server }, failed),
    ...histogram('traces_service_graph_request_server_seconds', { client, server }, rate),
  ]),
]
