import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { Dashboards, itShowsTheSame } from './dashboards.ts'

const LONG = 180_000
let dashboards: Dashboards

beforeAll(async () => {
  dashboards = await Dashboards.of(
    'prom-client',
    [
      { path: '/orders/7', times: 9 },
      { path: '/orders/13', times: 2 },
      { path: '/orders', method: 'POST', times: 4 },
      { path: '/reports', times: 5 },
      { path: '/wp-login.php' },
    ],
    { expression: 'sum(http_server_duration_seconds_count{job="$job", code!="404"})', perRound: 20 },
  )
}, LONG)

afterAll(() => dashboards?.stop(), LONG)

describe('the dashboards of metrics made by hand with prom-client', () => {
  itShowsTheSame(
    () => dashboards,
    [
      'sum by (verb, route, code) (http_server_duration_seconds_count{job="$job", code!="404"})',
      'sum(rate(http_server_duration_seconds_count{job="$job", code=~"5.."}[1m])) / sum(rate(http_server_duration_seconds_count{job="$job", code!="404"}[1m]))',
      'histogram_quantile(0.95, sum by (le, route) (rate(http_server_duration_seconds_bucket{job="$job", route="/reports"}[1m])))',
      'count by (le) (http_server_duration_seconds_bucket{job="$job", route="/reports"})',
      'shop_orders_total{job="$job"}',
      'report_rendering_seconds_bucket{job="$job"}',
      'payments_charges_total{job="$job"}',
      'process_resident_memory_bytes{job="$job"} > bool 1000000',
      'group by (__name__) ({job="$job", __name__=~"nodejs_(heap_size_used_bytes|external_memory_bytes|eventloop_lag_(seconds|p99_seconds)|active_(handles|requests)_total|version_info)|process_(cpu_seconds_total|resident_memory_bytes|open_fds|start_time_seconds)"})',
    ],
  )

  it('show own instruments of both clients, each once', async () => {
    const own = 'count by (__name__) ({job="$job", __name__=~"(shop|payments)_.*"})'
    const [, after] = await dashboards.both(own)
    expect(after).toEqual([
      { labels: { __name__: 'payments_charges_total' }, value: 1 },
      { labels: { __name__: 'shop_orders_total' }, value: 1 },
    ])
  })
})
