import { describe, expect, it } from '@jest/globals'

import type { Change } from '../../src/api/shapes.ts'
import { tell } from '../../src/sentences/changes.ts'
import { plainOf } from '../../src/sentences/part.ts'

const change = (kind: string, more: Partial<Change> = {}): Change => ({
  time: 1_769_860_740_000,
  kind,
  state: 'bad',
  service: 'payments',
  ...more,
})
const said = (kind: string, more?: Partial<Change>) =>
  plainOf(tell(change(kind, more))?.parts ?? []).replaceAll('\u202f', ' ')

describe('what changed, in sentences', () => {
  it.each<[string, string, Partial<Change>]>([
    [
      'payments 1.4.2 replaced 1.4.1 on payments-2',
      'version',
      { version: '1.4.2', replaced: '1.4.1', instances: ['payments-2'] },
    ],
    [
      'payments 2.0.0 began to run on 3 instances',
      'version',
      { version: '2.0.0', instances: ['a', 'b', 'c'] },
    ],
    [
      'p95 of POST /payments rose from 254 ms to 4.82 s',
      'latency',
      { route: '/payments', method: 'POST', before: 0.254, after: 4.82 },
    ],
    ['p95 of payments fell from 4.82 s to 254 ms', 'latency', { before: 4.82, after: 0.254 }],
    [
      '29.6 % of POST /payments fail, was 0 %',
      'errors',
      { route: '/payments', method: 'POST', before: 0, after: 0.296 },
    ],
    ['Requests of payments fell from 86.1 /s to 5.00 /s', 'rate', { before: 86.1, after: 5 }],
    [
      'payments sends 6 times as many queries to db:5432: 61.0 /s, was 9.80 /s',
      'calls',
      { peer: 'postgresql db:5432', before: 9.8, after: 61 },
    ],
    [
      'payments sends fewer calls to mail: 1.00 /s, was 9.00 /s',
      'calls',
      { peer: 'mail', before: 9, after: 1 },
    ],
    ['payments sends more calls to mail: 3.00 /s, was 0 /s', 'calls', { peer: 'mail', before: 0, after: 3 }],
    [
      'New error PoolTimeoutError in payments, 91 times',
      'error-new',
      { type: 'PoolTimeoutError', count: 91 },
    ],
    [
      'PoolTimeoutError regressed in payments, once',
      'error-regressed',
      { type: 'PoolTimeoutError', count: 1 },
    ],
    [
      'Conversion fell from 3.1 % to 2.2 %',
      'ratio',
      { name: 'shop_conversion_ratio', before: 0.031, after: 0.022 },
    ],
    ['Instance payments-2 of payments is gone', 'instance-gone', { instances: ['payments-2'] }],
    ['2 instances of payments are new', 'instance-new', { instances: ['a', 'b'] }],
  ])('%s', (sentence, kind, more) => {
    expect(said(kind, more)).toBe(sentence)
  })

  it('lead to the proof', () => {
    expect(tell(change('error-new', { fingerprint: '1-a' }))?.to.path).toBe('/errors/1-a')
    expect(tell(change('errors', { route: '/a b', before: 0, after: 1 }))?.to).toMatchObject({
      path: '/traces',
      params: { q: 'service:payments route:"/a b" status:5xx' },
    })
    expect(tell(change('ratio', { before: 1, after: 0 }))?.to.path).toBe('/business')
  })

  it('leave out kinds that are not known', () => {
    expect(tell(change('weather'))).toBeUndefined()
  })
})
