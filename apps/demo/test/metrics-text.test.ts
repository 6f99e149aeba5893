import { expect, test } from '@jest/globals'

import { samplesOf, sumOf } from '../src/metrics-text.ts'

const text = `# HELP http_requests_total Requests answered or aborted.
# TYPE http_requests_total counter
http_requests_total{method="GET",route="/a/:b",status="200"} 3
http_requests_total{method="GET",route="/{x} y\\"z",status="503"} 2
http_requests_total_ever 99
shop_active_users 7
shop_active_users_ever{a="b"} 99
`

test('sums the samples of exactly one name', () => {
  expect(sumOf(text, 'http_requests_total')).toBe(5)
  expect(sumOf(text, 'shop_active_users')).toBe(7)
  expect(sumOf(text, 'shop_active')).toBe(0)
})

test('sums only what is wanted', () => {
  expect(sumOf(text, 'http_requests_total', ({ labels }) => labels['status'] === '503')).toBe(2)
})

test('reads labels whose values hold braces, blanks and quotes', () => {
  expect(samplesOf(text, 'http_requests_total')[1]).toEqual({
    labels: { method: 'GET', route: '/{x} y\\"z', status: '503' },
    value: 2,
  })
})
