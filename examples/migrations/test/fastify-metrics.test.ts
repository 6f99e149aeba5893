import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { Dashboards, itShowsTheSame } from './dashboards.ts'

const LONG = 180_000
let dashboards: Dashboards

beforeAll(async () => {
  dashboards = await Dashboards.of(
    'fastify-metrics',
    [
      { path: '/orders/7', times: 6, headers: { 'x-tenant': 'acme' } },
      { path: '/orders/8?full=1', times: 3 },
      { path: '/orders/13', times: 2 },
      { path: '/orders/7', method: 'HEAD', times: 2 },
      { path: '/orders', method: 'POST', times: 4, headers: { 'x-tenant': 'acme' } },
      { path: '/reports', times: 5 },
      { path: '/ping', times: 3 },
      { path: '/wp-login.php' },
    ],
    {
      expression: 'sum(http_request_duration_seconds_count{job="$job", route!="/internal/metrics"})',
      perRound: 20,
    },
  )
}, LONG)

afterAll(() => dashboards?.stop(), LONG)

describe('the dashboards of fastify-metrics', () => {
  itShowsTheSame(
    () => dashboards,
    [
      'sum by (method, route, code, region, tenant) (http_request_duration_seconds_count{job="$job", route!="/internal/metrics"})',
      'sum by (method, route, code, region, tenant) (http_request_summary_seconds_count{job="$job", route!="/internal/metrics"})',
      'sum(rate(http_request_duration_seconds_count{job="$job", route!="/internal/metrics", code=~"5.."}[1m])) / sum(rate(http_request_duration_seconds_count{job="$job", route!="/internal/metrics"}[1m]))',
      'histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket{job="$job", route="/reports"}[1m])))',
      'count by (le) (http_request_duration_seconds_bucket{job="$job", route="/reports"})',
      'count by (quantile) (http_request_summary_seconds{job="$job", route="/reports"})',
      'http_request_summary_seconds{job="$job", route="/reports", quantile="0.5"} > bool 0.5',
      'shop_orders_total{job="$job"}',
      'process_resident_memory_bytes{job="$job"} > bool 1000000',
      'group by (__name__) ({job="$job", __name__=~"nodejs_(heap_size_used_bytes|external_memory_bytes|eventloop_lag_(seconds|p99_seconds)|active_(handles|requests)_total|version_info)|process_(cpu_seconds_total|resident_memory_bytes|open_fds|start_time_seconds)"})',
    ],
  )

  it('show what was asked, by the names that the package gave it', async () => {
    const query =
      'sum by (method, route, code) (http_request_duration_seconds_count{job="$job", route!="/internal/metrics"})'
    const [, after] = await dashboards.both(query)
    expect(after).toEqual([
      { labels: { code: '200', method: 'GET', route: '/orders/:id' }, value: 18 },
      { labels: { code: '200', method: 'GET', route: '/reports' }, value: 10 },
      { labels: { code: '201', method: 'POST', route: '/orders' }, value: 8 },
      { labels: { code: '500', method: 'GET', route: '/orders/:id' }, value: 4 },
    ])
  })

  it('no longer show the scrapes themselves', async () => {
    const query = 'count(http_request_duration_seconds_count{job="$job", route="/internal/metrics"})'
    const [before, after] = await dashboards.both(query)
    expect(before).toEqual([{ labels: {}, value: 1 }])
    expect(after).toEqual([])
  })

  it('get the metrics of Sightline besides, which leave no request out', async () => {
    const [before, after] = await dashboards.both('sum(http_requests_total{job="$job"})')
    expect(before).toEqual([])
    expect(after).toEqual([{ labels: {}, value: 52 }])
  })
})
