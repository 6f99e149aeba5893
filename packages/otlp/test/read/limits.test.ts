import { describe, expect, it } from '@jest/globals'

import { createBatchEncoder, type Signal } from '../../src/batch.ts'
import {
  attributesOf,
  cellValue,
  createLogEncoder,
  createMetricEncoder,
  createReader,
  createSpanEncoder,
  type FinishedSpan,
  VALUE,
} from '../../src/index.ts'
import { ENCODINGS, SCOPE, SPAN, TRACE } from '../entries.ts'

const NOW = 1_700_000_000_000
const BARE: FinishedSpan = {
  traceId: TRACE,
  spanId: SPAN,
  traceFlags: 1,
  name: 'load',
  kind: 'internal',
  startTime: NOW,
  endTime: NOW,
  attributes: {},
}

describe.each(ENCODINGS)('a limit of a reader, in %s', (encoding) => {
  const span = createSpanEncoder({ encoding, valueLimit: 1e6 })
  const log = createLogEncoder({ encoding, valueLimit: 1e6 })
  const batch = (signal: Signal, resource = {}) => createBatchEncoder({ signal, encoding, resource })
  const traces = (...spans: FinishedSpan[]) => batch('traces')(spans.map((one) => span(one, SCOPE))).body

  it('shortens texts, not within a character', () => {
    const reader = createReader({ valueBytes: 10 })
    const attributes = {
      short: '123456789é',
      ascii: 'x'.repeat(11),
      two: '123456789é!',
      four: '12345678🌍',
      bytes: Buffer.alloc(12),
    }
    const {
      strings,
      attributes: read,
      names,
      reason,
      rejected,
      rows,
    } = reader.spans(
      traces({ ...BARE, name: 'n'.repeat(20), attributes: { ...attributes, short: '12345678é' } }),
      encoding,
    )
    // The name of the scope is the sixth.
    expect([rows, rejected, reason]).toEqual([1, 0, '6 values were shortened to 10 bytes'])
    expect(strings[names[0] ?? 0]).toBe('n'.repeat(10))
    expect(attributesOf(read, strings, 0)).toEqual({
      short: '12345678é',
      ascii: 'x'.repeat(10),
      two: '123456789',
      four: '12345678',
      bytes: Buffer.alloc(10),
    })
  })

  it('shortens lists, which are texts then, and texts in lists', () => {
    const reader = createReader({ valueBytes: 20 })
    const { strings, attributes, reason } = reader.spans(
      traces({
        ...BARE,
        attributes: {
          long: Array.from({ length: 100 }, (_, index) => index),
          inner: [['x'.repeat(30)]],
          fine: [1, 2],
        },
      }),
      encoding,
    )
    expect([...attributes.types.subarray(0, 3)]).toEqual([VALUE.string, VALUE.string, VALUE.json])
    expect(strings[attributes.numbers[0] ?? 0]).toBe('[0,1,2,3,4,5,6,7,8,9')
    expect(strings[attributes.numbers[1] ?? 0]).toBe(`[["${'x'.repeat(17)}`)
    expect(reason).toBe('2 values were shortened to 20 bytes')
  })

  it('shortens the values of resources each time that they come', () => {
    const reader = createReader({ valueBytes: 10 })
    const body = batch('traces', { 'service.name': 'x'.repeat(11) })([span(BARE, SCOPE)]).body
    // The name of the scope is too long as well.
    for (let call = 0; call < 4; call++) {
      const { reason, resources } = reader.spans(body, encoding)
      expect(Object.values(resources[0]?.attributes ?? {})).toEqual(['x'.repeat(10)])
      expect(reason).toBe('2 values were shortened to 10 bytes')
    }
  })

  it('is another one for bodies of log records', () => {
    const reader = createReader({ valueBytes: 5, bodyBytes: 8 })
    const body = batch('logs')([
      log({ observedTime: NOW, body: '1234567é', attributes: { a: '123456' } }, { name: 'x' }),
    ]).body
    const { strings, bodies, bodyTypes, reason } = reader.logs(body, encoding)
    expect(cellValue(bodyTypes[0] ?? 0, bodies[0] ?? 0, strings)).toBe('1234567')
    expect(reason).toBe('1 value was shortened to 5 bytes; 1 body was shortened to 8 bytes')
  })

  it('leaves out attributes, events and links, and counts them as dropped', () => {
    const reader = createReader({ attributes: 2, events: 1, links: 1 })
    const attributes = { a: 1, b: 2, c: 3 }
    const event = { name: 'e', time: NOW, attributes }
    const link = { traceId: TRACE, spanId: SPAN, attributes: {} }
    const columns = reader.spans(
      traces(
        { ...BARE, attributes, droppedAttributesCount: 5, events: [event, event], links: [link, link, link] },
        { ...BARE, attributes: { z: 1 }, droppedEventsCount: 7 },
      ),
      encoding,
    )
    const { strings, events } = columns
    expect(attributesOf(columns.attributes, strings, 0)).toEqual({ a: 1, b: 2 })
    expect(attributesOf(columns.attributes, strings, 1)).toEqual({ z: 1 })
    expect(attributesOf(events.attributes, strings, 0)).toEqual({ a: 1, b: 2 })
    expect([...columns.droppedAttributes.subarray(0, 2)]).toEqual([6, 0])
    expect([...columns.droppedEvents.subarray(0, 2)]).toEqual([1, 7])
    expect([...columns.droppedLinks.subarray(0, 2)]).toEqual([2, 0])
    expect(events.droppedAttributes[0]).toBe(1)
    expect(columns.reason).toBe(
      '2 attributes were left out beyond 2 of one item; 1 event was left out beyond 1 of one item; 2 links were left out beyond 1 of one item',
    )
  })

  it('rejects the items beyond the most of one request', () => {
    const reader = createReader({ items: 2 })
    const { rows, rejected, reason } = reader.spans(traces(BARE, BARE, BARE, BARE), encoding)
    expect([rows, rejected, reason]).toEqual([
      2,
      2,
      '2 items were rejected: the request has more than 2 items (2)',
    ])
    expect(reader.spans(traces(BARE), encoding)).toMatchObject({ rows: 1, rejected: 0, reason: '' })
  })
})

describe.each(ENCODINGS)('an invalid item in %s', (encoding) => {
  const reader = createReader()
  const span = createSpanEncoder({ encoding })
  const metric = createMetricEncoder({ encoding })

  it('is rejected alone, with its reason', () => {
    const spans: FinishedSpan[] = [
      BARE,
      { ...BARE, traceId: '00'.repeat(16) },
      { ...BARE, traceId: TRACE.slice(2), attributes: { lost: 1 }, events: [{ name: 'lost', time: NOW }] },
      { ...BARE, spanId: `${SPAN}00` },
      { ...BARE, parentSpanId: SPAN.slice(2) },
      { ...BARE, name: 'last', attributes: { kept: 1 }, links: [{ traceId: '00'.repeat(16), spanId: SPAN }] },
    ]
    const body = createBatchEncoder({ signal: 'traces', encoding, resource: {} })(
      spans.map((one) => span(one, SCOPE)),
    ).body
    const { rows, rejected, reason, strings, names, attributes, events, links } = reader.spans(body, encoding)
    expect([rows, rejected]).toEqual([2, 4])
    expect(reason).toBe(
      '4 items were rejected: the trace id is not 16 bytes, or zero (2), the span id is not 8 bytes, or zero (1), the parent span id is not 8 bytes (1); 1 link was left out because of invalid ids',
    )
    expect(strings[names[1] ?? 0]).toBe('last')
    expect(attributesOf(attributes, strings, 1)).toEqual({ kept: 1 })
    expect([events.offsets[2], links.offsets[2]]).toEqual([0, 0])
  })

  it('is every point of a metric without a name', () => {
    const points = [1, 2].map((value) => ({ attributes: {}, value }))
    const family = { name: '', description: '', unit: '', startTime: NOW, type: 'counter', points } as const
    const entries = metric(family, NOW, SCOPE).map(({ entry }) => entry)
    const body = createBatchEncoder({ signal: 'metrics', encoding, resource: {} })(entries).body
    expect(reader.metrics(body, encoding)).toMatchObject({
      rows: 0,
      rejected: 2,
      reason: '2 items were rejected: the metric has no name (2)',
    })
  })
})
