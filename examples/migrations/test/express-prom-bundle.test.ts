import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { Dashboards, itShowsTheSame } from './dashboards.ts'

const LONG = 180_000
let dashboards: Dashboards

beforeAll(async () => {
  dashboards = await Dashboards.of(
    'express-prom-bundle',
    [
      { path: '/orders/7', times: 6, headers: { 'x-tenant': 'acme' } },
      { path: '/orders/8?full=1', times: 3 },
      { path: '/orders/13', times: 2 },
      { path: '/orders', method: 'POST', times: 4, headers: { 'x-tenant': 'acme' } },
      { path: '/customers/42/orders', times: 2 },
      { path: '/files/a/b.txt' },
      { path: '/v1/users/7', times: 2 },
      { path: '/v1/users/8/' },
      { path: '/bob/order-list/7' },
      { path: '/eve/order-list/8' },
      { path: '/reports', times: 5 },
      { path: '/ping', times: 3 },
      { path: '/wp-login.php' },
    ],
    { expression: 'sum(http_request_duration_seconds_count{job="$job"})', perRound: 29 },
  )
}, LONG)

afterAll(() => dashboards?.stop(), LONG)

describe('the dashboards of express-prom-bundle', () => {
  itShowsTheSame(
    () => dashboards,
    [
      'sum by (method, path, status_code, tenant) (http_request_duration_seconds_count{job="$job", status_code!="404"})',
      'sum by (status_code) (http_request_duration_seconds_count{job="$job"})',
      'sum by (tenant) (rate(http_request_duration_seconds_count{job="$job", tenant="acme"}[1m])) / ignoring (tenant) group_left sum(rate(http_request_duration_seconds_count{job="$job"}[1m]))',
      'sum(rate(http_request_duration_seconds_count{job="$job", status_code=~"5.."}[1m])) / sum(rate(http_request_duration_seconds_count{job="$job"}[1m]))',
      'histogram_quantile(0.95, sum by (le, path) (rate(http_request_duration_seconds_bucket{job="$job", path="/reports"}[1m])))',
      'count by (le) (http_request_duration_seconds_bucket{job="$job", path="/reports"})',
      'shop_orders_total{job="$job"}',
      'process_resident_memory_bytes{job="$job"} > bool 1000000',
      'nodejs_eventloop_lag_p99_seconds{job="$job"} < bool 60',
      'sum(http_request_duration_seconds_sum{job="$job", path="/reports"}) / sum(http_request_duration_seconds_count{job="$job", path="/reports"}) > bool 0.5',
    ],
  )

  it('show what was asked, by the names that the package gave it', async () => {
    const query =
      'sum by (path, status_code) (http_request_duration_seconds_count{job="$job", status_code!="404"})'
    const [, after] = await dashboards.both(query)
    expect(after).toEqual([
      { labels: { path: '/#name/order-list/#val', status_code: '200' }, value: 4 },
      { labels: { path: '/customers/#val/orders', status_code: '200' }, value: 4 },
      { labels: { path: '/files/#file', status_code: '200' }, value: 2 },
      { labels: { path: '/orders', status_code: '201' }, value: 8 },
      { labels: { path: '/orders/#val', status_code: '200' }, value: 18 },
      { labels: { path: '/orders/#val', status_code: '500' }, value: 4 },
      { labels: { path: '/reports', status_code: '200' }, value: 10 },
      { labels: { path: '/users/#val', status_code: '200' }, value: 6 },
    ])
  })

  it('get one series for all that matches no route, and the metrics of Sightline besides', async () => {
    const unmatched = 'sum by (path) (http_request_duration_seconds_count{job="$job", status_code="404"})'
    const [before, after] = await dashboards.both(unmatched)
    expect(before).toEqual([{ labels: { path: '/wp-login.php' }, value: 2 }])
    expect(after).toEqual([{ labels: { path: 'unmatched' }, value: 2 }])
    // Requests excluded in the package are counted here.
    const [, all] = await dashboards.both('sum(http_requests_total{job="$job"})')
    expect(all).toEqual([{ labels: {}, value: 64 }])
  })
})
