import { describe, expect, test } from '@jest/globals'

import { isFresh } from '../../src/errors/fresh.ts'
import {
  deploymentOf,
  found,
  gapsOf,
  type Group,
  markdownOf,
  ordered,
  sharesOf,
  templateOf,
} from '../../src/errors/groups.ts'
import { relatedOf } from '../../src/errors/related.ts'
import { foldedText, stackOf } from '../../src/errors/stack.ts'

const START = 1_769_860_800_000
const group = (type: string, count: number, more: Partial<Group> = {}): Group => ({
  fingerprint: type,
  type,
  message: 'no stock of item 7',
  services: ['shop'],
  firstSeen: `${START - 86_400_000}000000`,
  lastSeen: `${START + count}000000`,
  count,
  users: 0,
  firstVersion: '2.1.0',
  state: { kind: 'open' },
  ...more,
})

describe('groups', () => {
  const groups = [
    group('Old', 9),
    group('Fresh', 3, { firstSeen: `${START + 5}000000` }),
    group('Back', 2, { state: { kind: 'regressed' } }),
    group('Brought', 1, { newIn: '2.2.0', firstVersion: '2.2.0' }),
    group('Gone', 8, { state: { kind: 'resolved' } }),
  ]
  const types = (of: readonly Group[]) => of.map(({ type }) => type)

  test('stand in the tab of their state, and are found by type, message, service and version', () => {
    expect(types(found(groups, 'open', ''))).toEqual(['Old', 'Fresh', 'Back', 'Brought'])
    expect(types(found(groups, 'resolved', 'SHOP stock'))).toEqual(['Gone'])
    expect(types(found(groups, 'open', '2.2.0'))).toEqual(['Brought'])
    expect(found(groups, 'unknown', '')).toEqual([])
  })

  test('have the worst first: what a version brought, what came back, what is new', () => {
    const open = found(groups, 'open', '')
    expect(types(ordered(open, 'worst', START))).toEqual(['Brought', 'Back', 'Fresh', 'Old'])
    expect(types(ordered(open, 'count', START))).toEqual(['Old', 'Fresh', 'Back', 'Brought'])
    expect(types(ordered(open, 'newest', START))[0]).toBe('Fresh')
    expect(types(ordered(open, 'latest', START))[0]).toBe('Old')
    expect(open.map((each) => isFresh(each, START))).toEqual([false, true, true, true])
  })

  test('belong to the deployment after which they were first seen in its version', () => {
    const deployed = [
      { time: START - 3_600_000, service: 'shop', version: '2.1.0' },
      { time: START, service: 'shop', version: '2.2.0' },
      { time: START, service: 'mail', version: '2.2.0' },
    ]
    const seen = (ms: number) => group('E', 1, { firstVersion: '2.2.0', firstSeen: `${START + ms}000000` })
    expect(deploymentOf(seen(10_000), deployed)).toBe(deployed[1])
    expect(deploymentOf(seen(-30_000), deployed)).toBe(deployed[1])
    expect(deploymentOf(seen(-90_000), deployed)).toBeUndefined()
    expect(deploymentOf(group('E', 1), deployed)).toBeUndefined()
  })

  test('are written for a ticket with received text inside of code', () => {
    const details = { ...group('E', 3), stack: 'E: ```\n at x', routes: [], versions: [], samples: [] }
    const text = markdownOf(details)
    expect(text).toContain('- 3 events in shop')
    expect(text).toContain('````\nE: ```\n at x\n````')
  })

  test('have messages whose values are told apart from their words', () => {
    expect(gapsOf('no connection within 2000 ms; 10 of 10 in use')).toEqual([
      'no connection within ',
      '2000',
      ' ms; ',
      '10',
      ' of ',
      '10',
      ' in use',
    ])
    expect(templateOf('payment 707be074-bce3-87d5-9603-51ad144bf755 failed after 2.5 s')).toBe(
      'payment <id> failed after <n> s',
    )
    expect(templateOf('utf8 of v2')).toBe('utf8 of v2')
  })

  test('have shares of their occurrences', () => {
    expect(sharesOf(['a', 'b', 'a', ''])).toEqual([
      { name: 'a', part: 0.5 },
      { name: 'b', part: 0.25 },
    ])
  })
})

describe('a stack', () => {
  const text = `QueryTimeoutError: Query read timeout after 2000 ms
    at Timeout._onTimeout (/app/node_modules/pg/lib/client.js:582:26)
    at process.processTimers (node:internal/timers:523:7)
    at async lockPayment (/app/dist/payments/lock.js:31:18)
    at new Order (file:///app/dist/orders.js:7:1)
    at /app/dist/routes/payments.js:22:20
    at Array.map (<anonymous>)
    at dispatch (/app/node_modules/.pnpm/@koa+router@13/node_modules/@koa/router/lib/router.js:1:2)
  [cause]: Error: connect ECONNREFUSED {
    at open (/app/dist/db.js:3:1)`

  test('tells own calls from those of libraries, with the folders that tell files apart', () => {
    const { calls } = stackOf(text)
    expect(calls.filter(({ isOwn }) => isOwn).map(({ name, file, line }) => [name, file, line])).toEqual([
      ['lockPayment', 'dist/payments/lock.js', 31],
      ['new Order', 'dist/orders.js', 7],
      ['', 'dist/routes/payments.js', 22],
    ])
    expect(foldedText(calls.filter(({ isOwn }) => !isOwn))).toBe('4 frames in pg, node and @koa/router')
  })

  test('keeps the causes with their calls', () => {
    expect(stackOf(text).causes).toMatchObject([
      { text: 'Error: connect ECONNREFUSED', calls: [{ name: 'open', file: 'dist/db.js', line: 3 }] },
    ])
  })

  test('is empty for text that is none', () => {
    expect(stackOf('just a message\nof two lines')).toEqual({ calls: [], causes: [] })
    expect(stackOf('')).toEqual({ calls: [], causes: [] })
    expect(stackOf(`at ${'('.repeat(5_000)}`).calls).toHaveLength(1)
  })
})

describe('what stands out in the trace of an error', () => {
  const span = (spanId: string, parentSpanId: string, name: string, type?: string) => ({
    spanId,
    parentSpanId,
    name,
    startTimeUnixNano: '1',
    events:
      type === undefined
        ? []
        : [{ name: 'exception', attributes: [{ key: 'exception.type', value: { stringValue: type } }] }],
  })
  const resource = (name: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: name } }] })

  test('are the errors that caused it and those it led to, deepest first, and the call that repeats most', () => {
    const trace = {
      resourceSpans: [
        {
          resource: resource('web'),
          scopeSpans: [{ spans: [span('a', '', 'POST /checkout', 'CheckoutError'), span('b', 'a', 'POST')] }],
        },
        {
          resource: resource('orders'),
          scopeSpans: [
            { spans: [span('c', 'b', 'POST /orders', 'PaymentError'), span('d', 'c', 'q', 'TimeoutError')] },
          ],
        },
        { scopeSpans: [{ spans: Array.from({ length: 12 }, (_, n) => span(`s${n}`, 'd', 'SELECT x')) }] },
      ],
    }
    const [checkout, payment, timeout] = [
      { type: 'CheckoutError', service: 'web' },
      { type: 'PaymentError', service: 'orders' },
      { type: 'TimeoutError', service: 'orders' },
    ]
    const repeated = { name: 'SELECT x', times: 12 }
    expect(relatedOf(trace, 'CheckoutError')).toEqual({ causes: [timeout, payment], effects: [], repeated })
    expect(relatedOf(trace, 'PaymentError')).toEqual({ causes: [timeout], effects: [checkout], repeated })
    expect(relatedOf(trace, 'TimeoutError')).toEqual({ causes: [], effects: [payment, checkout], repeated })
  })

  test('are none in a trace that is empty, and spans may be their own parents', () => {
    expect(relatedOf({}, 'E')).toEqual({ causes: [], effects: [], repeated: undefined })
    expect(
      relatedOf({ resourceSpans: [{ scopeSpans: [{ spans: [span('a', 'a', 'x', 'F')] }] }] }, 'E').causes,
    ).toHaveLength(1)
  })
})
