import { expect, it } from '@jest/globals'

import { readScrape } from '../src/metrics/exposition.ts'
import { familyOf } from '../src/metrics/families.ts'

const read = async (...lines: string[]) => {
  const families = await readScrape(`${lines.join('\n')}\n# EOF\n`)
  return families.map((family) => familyOf(family, 1_000))
}

it('reads counts under a name that Prometheus makes into the same again', async () => {
  expect(
    await read('# HELP orders Orders \\\\ a\\nb.', '# TYPE orders counter', 'orders_total{kind="a,b\\"}"} 3'),
  ).toEqual([
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

it('takes buckets apart that a scrape adds up, series by series', async () => {
  const [family] = await read(
    '# TYPE size_bytes histogram',
    'size_bytes_bucket{a="1",le="1"} 1 # {trace_id="t",span_id="s",more="m"} 0.5 1700000000.5',
    'size_bytes_bucket{a="1",le="5"} 3',
    'size_bytes_bucket{a="1",le="+Inf"} 4',
    'size_bytes_sum{a="1"} 12.5',
    'size_bytes_count{a="1"} 4',
    'size_bytes_bucket{a="2",le="1"} 0',
    'size_bytes_bucket{a="2",le="5"} 0',
    'size_bytes_bucket{a="2",le="+Inf"} 0',
    'size_bytes_sum{a="2"} 0',
    'size_bytes_count{a="2"} 0',
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

it('calls requests to others and connections as the conventions do, under either naming', async () => {
  const call = 'http_client_request_duration_seconds'
  const histogram = (labels: string) => [
    `# TYPE ${call} histogram`,
    `${call}_bucket{${labels},le="+Inf"} 1`,
    `${call}_sum{${labels}} 1`,
    `${call}_count{${labels}} 1`,
  ]
  const place = { 'http.request.method': 'GET', 'server.address': 'stock', 'server.port': 3_000 }
  const failed = { ...place, 'error.type': 'ECONNREFUSED' }
  for (const [labels, attributes] of [
    ['method="GET",host="stock:3000",status="ECONNREFUSED"', failed],
    ['method="GET",host="stock:3000",status="200"', { ...place, 'http.response.status_code': 200 }],
    [
      'http_request_method="GET",server_address="stock",server_port="3000",http_response_status_code="",error_type="ECONNREFUSED"',
      failed,
    ],
  ] as const) {
    expect(await read(...histogram(labels))).toMatchObject([
      { name: 'http.client.request.duration', unit: 's', points: [{ attributes, count: 1 }] },
    ])
  }
  expect(
    await read(
      '# TYPE db_client_connection_count gauge',
      'db_client_connection_count{state="used",pool="orders"} 2',
    ),
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

it('reads summaries, and values that are no ordinary numbers', async () => {
  const [summary, gauge] = await read(
    '# TYPE wait_seconds summary',
    'wait_seconds{quantile="0.5"} 2',
    'wait_seconds{quantile="0.9"} NaN',
    'wait_seconds_sum 4',
    'wait_seconds_count 2',
    '# TYPE level gauge',
    'level -Inf',
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
    'method="GET",route="/a"',
    { 'http.request.method': 'GET', 'http.route': '/a' },
  ],
  [
    'otel',
    'http_server_request_duration_seconds',
    'http_request_method="GET",http_route="unmatched",http_response_status_code="200",error_type="",url_scheme="http"',
    { 'http.request.method': 'GET', 'http.response.status_code': 200, 'url.scheme': 'http' },
  ],
])(
  'gives requests the names of the conventions, under the %s naming',
  async (_, name, labels, attributes) => {
    const [family] = await read(
      `# TYPE ${name} histogram`,
      `${name}_bucket{${labels},le="+Inf"} 1`,
      `${name}_count{${labels}} 1`,
    )
    expect(family).toMatchObject({
      name: 'http.server.request.duration',
      unit: 's',
      points: [{ attributes }],
    })
    expect(Object.keys(family?.points[0]?.attributes ?? {})).toEqual(Object.keys(attributes))
  },
)

it('leaves out what makes no sense', async () => {
  const [family] = await read('# TYPE x gauge', 'x{a="1" 5', 'x', 'x nothing', '', 'x 1')
  expect(family?.points).toContainEqual({ attributes: {}, value: 1 })
})
