import { describe, expect, test } from '@jest/globals'

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
  checkout: { storefront: 1, orders: 1, payments: 0 },
  hub: undefined,
}

const hub = {
  storefront: { requests: 10, failed: 0, aborted: 1, accessEvents: 10, checkoutSpans: 1 },
  orders: { requests: 4, failed: 4, aborted: 0, accessEvents: 4, checkoutSpans: 1 },
  payments: { requests: 0, failed: 0, aborted: 0, accessEvents: undefined, checkoutSpans: 0 },
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

describe('with a hub', () => {
  test('agrees where it has stored what was logged, as far as it is known', () => {
    expect(disagreements({ hub })).toEqual([])
    expect(compare({ ...evidence, hub })).toHaveLength(15)
  })

  test.each([
    [{ requests: 5 }, 'orders requests'],
    [{ failed: 3 }, 'orders failed (5xx)'],
    [{ aborted: 1 }, 'orders client left'],
    [{ accessEvents: 3 }, 'orders log events'],
    [{ checkoutSpans: 0 }, 'orders of one checkout'],
  ])('notices %j', (changed, what) => {
    expect(disagreements({ hub: { ...hub, orders: { ...hub.orders, ...changed } } })).toEqual([what])
  })
})
