import { expect, test } from '@jest/globals'

import { compare, type Evidence } from '../src/comparison.ts'

const digest = {
  accessEvents: 0,
  failed: 0,
  aborted: 0,
  calls: new Map<string, number>(),
  lastCheckout: undefined,
}

const evidence: Evidence = {
  sentByVisitors: 10,
  metrics: {
    storefront: `http_requests_total{status="200"} 9\nhttp_requests_total{status="499"} 1\nhttp_requests_aborted_total 1\n`,
    orders: `http_requests_total{status="504"} 4\n`,
    payments: '',
  },
  logs: {
    storefront: { ...digest, accessEvents: 10, aborted: 1, calls: new Map([['orders', 4]]) },
    orders: { ...digest, accessEvents: 4, failed: 4 },
    payments: digest,
  },
}

const disagreements = (changed: Partial<Evidence>) =>
  compare({ ...evidence, ...changed })
    .filter(({ agrees }) => !agrees)
    .map(({ service, what }) => `${service} ${what.trim()}`)

test('agrees where what was sent is counted and logged once', () => {
  expect(disagreements({})).toEqual([])
})

test('notices a request that was sent and not counted', () => {
  expect(disagreements({ sentByVisitors: 11 })).toEqual(['storefront requests'])
})

test('notices a call that its service knows nothing of', () => {
  const storefront = { ...evidence.logs.storefront, calls: new Map([['orders', 5]]) }
  expect(disagreements({ logs: { ...evidence.logs, storefront } })).toEqual(['orders requests'])
})

test('notices a failure that was counted and not logged', () => {
  const orders = { ...evidence.logs.orders, failed: 3 }
  expect(disagreements({ logs: { ...evidence.logs, orders } })).toEqual(['orders failed (5xx)'])
})
