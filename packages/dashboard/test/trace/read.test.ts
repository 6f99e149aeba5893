import { describe, expect, test } from '@jest/globals'

import { distributionOf, quantileOf, shareBelow } from '../../src/trace/distribution.ts'
import { findingsOf, type Usual } from '../../src/trace/findings.ts'
import { modelOf } from '../../src/trace/model.ts'
import { readTrace } from '../../src/trace/read.ts'
import { isWaiting, outcomeOf, peerOf } from '../../src/trace/span.ts'
import { spanOf, traceWith } from './spans.ts'

const ID = '0af7651916cd43dd8448eb211c80319c'
const otlp = (...spans: object[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [{ scope: { name: 'http' }, spans }],
    },
  ],
})

describe('a trace is read', () => {
  test('from OTLP in JSON, with times after its start', () => {
    const trace = readTrace(
      otlp(
        {
          traceId: ID,
          spanId: '00F067AA0BA902B7',
          parentSpanId: 'b7ad6b7169203331',
          name: 'SELECT',
          kind: 3,
          startTimeUnixNano: '1769860739800000000',
          endTimeUnixNano: '1769860739980000000',
          status: { code: 2, message: 'gone' },
          attributes: [
            { key: 'n', value: { intValue: '9007199254740993' } },
            { key: 'list', value: { arrayValue: { values: [{ boolValue: true }, { doubleValue: 0.5 }] } } },
            { key: 'map', value: { kvlistValue: { values: [{ key: 'a', value: { intValue: 1 } }] } } },
          ],
          events: [{ name: 'exception', timeUnixNano: '1769860739900000000' }],
        },
        {
          traceId: ID,
          spanId: 'b7ad6b7169203331',
          name: 'GET',
          kind: 2,
          startTimeUnixNano: '1769860739750000000',
          endTimeUnixNano: '1769860740000000000',
        },
      ),
    )
    expect(trace).toMatchObject({ id: ID, start: 1_769_860_739_750, duration: 250 })
    expect(trace.spans.map(({ id, parentId, start, duration }) => [id, parentId, start, duration])).toEqual([
      ['b7ad6b7169203331', '', 0, 250],
      ['00f067aa0ba902b7', 'b7ad6b7169203331', 50, 180],
    ])
    expect(trace.spans[1]).toMatchObject({
      kind: 'client',
      failed: true,
      service: 'shop',
      attributes: { n: '9007199254740993', list: [true, 0.5], map: { a: 1 } },
      events: [{ name: 'exception', at: 150 }],
    })
  })

  test.each([
    null,
    'text',
    {},
    { resourceSpans: 'no' },
    { resourceSpans: [] },
    { resourceSpans: [{ scopeSpans: [{}] }] },
  ])('and what is none is refused with a sentence: %j', (file) => {
    expect(() => readTrace(file)).toThrow(/^This (?:is no trace|trace has no spans)/)
  })

  test('also where a file lies', () => {
    const trace = readTrace(
      otlp({
        traceId: 7,
        spanId: '0000000000000000',
        name: null,
        kind: 99,
        startTimeUnixNano: 'soon',
        endTimeUnixNano: -5,
        status: null,
        attributes: [{}],
      }),
    )
    expect(trace.spans).toHaveLength(1)
    expect(trace.spans[0]).toMatchObject({ id: '', kind: 'unspecified', duration: 0 })
  })
})

describe('a span', () => {
  test('has a peer, an outcome, and may be waiting', () => {
    const call = spanOf('a', '', 0, 1, {
      kind: 'client',
      attributes: { 'server.address': 'db', 'db.system.name': 'postgresql' },
    })
    expect(peerOf(call)).toBe('db')
    expect(outcomeOf(spanOf('a', '', 0, 1, { attributes: { 'http.response.status_code': 502 } }))).toBe('502')
    expect(
      outcomeOf(spanOf('a', '', 0, 1, { failed: true, attributes: { 'error.type': 'ETIMEDOUT' } })),
    ).toBe('ETIMEDOUT')
    expect(outcomeOf(spanOf('a', '', 0, 1, { attributes: { 'http.response.status_code': 404 } }))).toBe('')
    expect(
      ['pg-pool.connect', 'wait for a connection', 'SELECT'].map((name) =>
        isWaiting(spanOf('a', '', 0, 1, { name })),
      ),
    ).toEqual([true, true, false])
  })
})

describe('what is said of a trace', () => {
  const spans = [
    spanOf('root', '', 0, 1_000, { kind: 'server', failed: true, name: 'POST /payments' }),
    spanOf('verify', 'root', 0, 900, { name: 'verifyLedger' }),
    ...Array.from({ length: 61 }, (_, at) =>
      spanOf(`q${at}`, 'verify', at * 10, 9, {
        name: 'SELECT ledger',
        kind: 'client',
        attributes: { 'db.system.name': 'postgresql' },
      }),
    ),
    spanOf('last', 'root', 900, 90, {
      failed: true,
      name: 'INSERT',
      events: [
        {
          name: 'exception',
          at: 950,
          attributes: { 'exception.type': 'TimeoutError', 'exception.message': 'too late' },
        },
      ],
    }),
  ]
  const usual: Usual = {
    route: '/payments',
    service: 'shop',
    version: '1.4.2',
    versions: [
      {
        version: '1.4.2',
        traces: 9,
        p50: '0',
        spans: [{ service: 'shop', name: 'SELECT ledger', perTrace: 61 }],
      },
      {
        version: '1.4.1',
        traces: 9,
        p50: '0',
        spans: [{ service: 'shop', name: 'SELECT ledger', perTrace: 1 }],
      },
    ],
    children: [],
  }
  /** The same where another service begins the traces. */
  const called: Usual = {
    route: '/checkout',
    service: 'web',
    version: '2.8.0',
    versions: [{ ...usual.versions[1], version: '2.8.0', traces: 18, p50: '0', spans: [] }],
    children: [usual],
  }

  test.each([
    ['its own service', usual],
    ['a called service', called],
  ])(
    'is the failure that began it, and the repeated query with what an earlier version of %s did',
    (_of, known) => {
      const told = findingsOf(modelOf(traceWith(spans), []), known).map(
        ({ strong, code, rest }) => `${strong} in ${code}${rest}`,
      )
      expect(told).toEqual([
        'TimeoutError in shop in INSERT: too late',
        'The same query ran 61 times, one after the other in verifyLedger, 549\u202fms in all. Under 1.4.1 this route runs it once.',
      ])
    },
  )

  test('is a blocked event loop of one of its processes', () => {
    const model = modelOf(traceWith([spanOf('root', '', 0, 1_000, { instance: 'shop-1' })]), [])
    const delays = [
      { service: 'shop', instance: 'shop-1', seconds: 0.118 },
      { service: 'other', instance: 'other-1', seconds: 9 },
    ]
    expect(findingsOf(model, undefined, delays).map(({ strong, rest }) => strong + rest)).toEqual([
      'The event loop of shop-1 was blocked for up to 118\u202fms around then.',
    ])
    expect(findingsOf(model, undefined, [{ service: 'shop', instance: 'shop-1', seconds: 0.02 }])).toEqual([])
  })

  test('is nothing where nothing stands out', () => {
    expect(findingsOf(modelOf(traceWith([spanOf('root', '', 0, 10)]), []), undefined)).toEqual([])
  })
})

test('a duration is placed among those of its route', () => {
  const distribution = distributionOf({
    bounds: ['1000000', '2000000', '4000000', '8000000'],
    counts: [[50, 40, 10]],
    spans: 100,
  })
  expect(shareBelow(distribution, 4)).toBe(0.9)
  expect(shareBelow(distribution, 6)).toBeCloseTo(0.95)
  expect(quantileOf(distribution, 0.5)).toBe(2)
  expect(quantileOf(distribution, 0.9)).toBe(4)
})
