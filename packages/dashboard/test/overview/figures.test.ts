import { describe, expect, it } from '@jest/globals'
import { parse } from '@sightline/promql'

import { received } from '../../src/pages/overview/arrivals.ts'
import { calledOf, callersText, POOL_QUERY, poolsOf, poolText } from '../../src/pages/overview/calls.ts'
import { callQuery, serviceQuery, wasOf } from '../../src/pages/overview/figures.ts'

describe('the figures of services', () => {
  it('are asked for with expressions that parse', () => {
    for (const figure of ['rate', 'errors', 'p95'] as const)
      for (const query of [serviceQuery(figure, 20), callQuery(figure, 3_600)])
        expect(() => parse(query)).not.toThrow()
    expect(() => parse(POOL_QUERY)).not.toThrow()
  })

  it('say what they were only when they left their usual range', () => {
    const calm = [0.25, 0.26, null, 0.24, 0.25, 0.26, 0.25, 4, 4, 4, 4, 4, 4, 4]
    expect(wasOf('p95', 4.8, calm)).toBe(0.25)
    expect(wasOf('p95', 0.27, calm)).toBeUndefined()
    expect(
      wasOf(
        'rate',
        1,
        Array.from({ length: 20 }, () => 9),
      ),
    ).toBe(9)
  })

  it('do not take small shares of errors, or little history, for a change', () => {
    const none = Array.from({ length: 20 }, () => 0)
    expect(wasOf('errors', 0.004, none)).toBeUndefined()
    expect(wasOf('errors', 0.02, none)).toBe(0)
    expect(wasOf('p95', 9, [0.1, 0.1, null, null])).toBeUndefined()
    expect(wasOf('p95', null, none)).toBeUndefined()
  })
})

describe('what services call', () => {
  const db = 'postgresql db:5432'
  const calls = [
    { client: 'shop', server: 'payments', rate: 1, errors: 0, p95: 1 },
    { client: 'shop', server: db, rate: 1, errors: 0, p95: 0.1 },
    { client: 'payments', server: db, rate: 3, errors: 1, p95: 0.4 },
    { client: 'payments', server: 'api.example.com', rate: 9, errors: 0, p95: null },
  ]
  const called = calledOf(calls, new Set(['shop', 'payments']))

  it('is summed up over its callers, the most failures first', () => {
    expect(called).toMatchObject([
      { server: db, name: 'db:5432', rate: 4, errorRatio: 0.25, p95: 0.4 },
      { server: 'api.example.com', name: 'api.example.com', errorRatio: 0, p95: null },
    ])
    expect(called.map((each) => callersText(each, 3))).toEqual([
      'PostgreSQL, from shop and payments',
      'from payments',
    ])
  })

  it('says how the pools of its callers are', () => {
    const pools = (waiting: number) =>
      poolsOf(
        ['waiting', 'used', 'max'].map((what, index) => ({
          labels: { job: 'payments', what },
          value: [waiting, 4, 10][index] ?? 0,
        })),
      )
    const [first, second] = called
    if (first === undefined || second === undefined) throw new Error('two are called')
    expect(poolText(first, pools(14)).text).toBe('14 requests wait for 10 connections')
    expect(poolText(first, pools(0)).text).toBe('4 of 10 connections in use')
    expect(poolText(second, pools(14)).text).toBe('')
  })
})

describe('what has arrived', () => {
  const count = (name: string, value: number, reason?: string) => ({
    labels: { __name__: name, signal: 'logs', ...(reason !== undefined && { reason }) },
    value,
  })

  it('says that nothing came, or why it was refused', () => {
    expect(received('logs', [])).toEqual({
      requests: 0,
      sentence: 'none received, none refused',
      isRefused: false,
    })
    expect(
      received('logs', [
        count('hub_received_requests_total', 1),
        count('hub_refused_requests_total', 2, 'too_large'),
        count('hub_rejected_items_total', 3),
      ]).sentence,
    ).toBe('1 request received, 2 refused: too large, 3 invalid items')
  })
})
