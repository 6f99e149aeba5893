import { describe, expect, it } from '@jest/globals'

import { attributesOf, cellValue, createReader, OtlpError } from '../../src/index.ts'
import { SPAN, TRACE } from '../entries.ts'

const reader = createReader()

const spans = (...list: readonly object[]): Buffer =>
  Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] }))
const spansOf = (...list: readonly object[]) => reader.spans(spans(...list), 'json')
const metricOf = (metric: object) =>
  reader.metrics(
    Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] })),
    'json',
  )
const logOf = (record: object) =>
  reader.logs(
    Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })),
    'json',
  )
const IDS = { traceId: TRACE, spanId: SPAN }

describe('a span in JSON', () => {
  it('may have its ids in upper case', () => {
    const { traceIds, spanIds } = spansOf({ traceId: TRACE.toUpperCase(), spanId: SPAN.toUpperCase() })
    expect(Buffer.from(traceIds.subarray(0, 16)).toString('hex')).toBe(TRACE)
    expect(Buffer.from(spanIds.subarray(0, 8)).toString('hex')).toBe(SPAN)
  })

  it('is rejected if an id has other characters than hexadecimal digits', () => {
    const { rows, rejected } = spansOf(
      { ...IDS, traceId: `${TRACE.slice(1)}g` },
      { ...IDS, spanId: 'b7ad6b716920333g' },
      { ...IDS, parentSpanId: 'b7ad6b716920333g' },
      IDS,
    )
    expect([rows, rejected]).toEqual([1, 3])
  })

  it.each([
    ['1700000000250500001', 1_700_000_000_250, 500_001],
    ['999999', 0, 999_999],
    ['1000000', 1, 0],
    [1_700_000_000_000_000_000, 1_700_000_000_000, 0],
    [5, 0, 5],
  ])('may have a time as a text or a number: %p', (startTimeUnixNano, ms, ns) => {
    const { starts } = spansOf({ ...IDS, startTimeUnixNano })
    expect([starts.ms[0], starts.ns[0]]).toEqual([ms, ns])
  })

  it('may have enums as numbers, texts with numbers, and names', () => {
    const { kinds, statusCodes } = spansOf(
      { ...IDS, kind: 3, status: { code: 2 } },
      { ...IDS, kind: '3', status: { code: '2' } },
      { ...IDS, kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } },
      { ...IDS, kind: 'SPAN_KIND_NEW', status: { code: 77 } },
    )
    expect([...kinds.subarray(0, 4)]).toEqual([3, 3, 3, 0])
    expect([...statusCodes.subarray(0, 4)]).toEqual([2, 2, 2, 0])
  })

  it('may have names as in the .proto files, unknown fields, and null for an absent field', () => {
    const attributes = [{ key: 'a', value: { int_value: '7' }, extra: 1 }]
    const {
      droppedAttributes,
      attributes: read,
      strings,
      traceStates,
    } = spansOf({
      trace_id: TRACE,
      span_id: SPAN,
      attributes,
      dropped_attributes_count: 3,
      traceState: null,
      status: null,
      events: null,
      new: { field: [] },
    })
    expect([droppedAttributes[0], traceStates[0]]).toEqual([3, 0])
    expect(attributesOf(read, strings, 0)).toEqual({ a: 7 })
  })

  it('has its values with their types', () => {
    const values = {
      whole: { intValue: '7' },
      number: { intValue: -7 },
      large: { intValue: '9223372036854775807' },
      rounded: { intValue: 2 ** 60 },
      exact: { doubleValue: 1 },
      infinite: { doubleValue: '-Infinity' },
      text: { doubleValue: '2.5' },
      yes: { boolValue: true },
      bytes: { bytesValue: '-_8=' },
      none: {},
      lone: { stringValue: 'a\ud800' },
      list: { arrayValue: {} },
      object: { kvlistValue: { values: [{ key: '__proto__', value: { intValue: 1 } }, { key: 'b' }] } },
    }
    const { attributes, strings } = spansOf({
      ...IDS,
      attributes: Object.entries(values).map(([key, value]) => ({ key, value })),
    })
    expect(attributesOf(attributes, strings, 0)).toEqual({
      whole: 7,
      number: -7,
      large: 2n ** 63n - 1n,
      rounded: 2n ** 60n,
      exact: 1,
      infinite: -Infinity,
      text: 2.5,
      yes: true,
      bytes: Buffer.from([0xfb, 0xff]),
      none: null,
      lone: 'a\ufffd',
      list: [],
      object: JSON.parse('{"__proto__":1,"b":null}') as unknown,
    })
  })
})

describe('other JSON', () => {
  it('has enums of metrics and log records by name as well', () => {
    const aggregationTemporality = 'AGGREGATION_TEMPORALITY_DELTA'
    const point = { timeUnixNano: '1', asInt: '3' }
    const { metrics } = metricOf({
      name: 'm',
      sum: { aggregationTemporality, isMonotonic: true, dataPoints: [point] },
    })
    expect(metrics[0]).toMatchObject({ temporality: 'delta', monotonic: true })
    expect(logOf({ severityNumber: 'SEVERITY_NUMBER_WARN' }).severities[0]).toBe(13)
    expect(logOf({ severityNumber: 'SEVERITY_NUMBER_FATAL4' }).severities[0]).toBe(24)
  })

  it('may begin with a byte order mark', () => {
    const body = Buffer.concat([Buffer.from('\ufeff'), spans(IDS)])
    expect(reader.spans(body, 'json').rows).toBe(1)
  })

  it('has a log record with any body', () => {
    const body = {
      kvlistValue: { values: [{ key: 'n', value: { arrayValue: { values: [{ boolValue: false }, {}] } } }] },
    }
    const { bodyTypes, bodies, strings } = logOf({ body })
    expect(cellValue(bodyTypes[0] ?? 0, bodies[0] ?? 0, strings)).toEqual({ n: [false, null] })
  })

  it.each<[string, string]>([
    ['', 'The body is not JSON.'],
    ['{', 'The body is not JSON.'],
    ['[]', 'The field body is not an object.'],
    ['7', 'The field body is not an object.'],
    ['{"resourceSpans":7}', 'The field resourceSpans is not a list.'],
    ['{"resourceSpans":{}}', 'The field resourceSpans is not a list.'],
    ['{"resourceSpans":[7]}', 'The field resourceSpans is not an object.'],
    ['{"resourceSpans":[null]}', 'The field resourceSpans is not an object.'],
    ['{"resourceSpans":[{"resource":[]}]}', 'The field resource is not an object.'],
    ['{"resourceSpans":[{"schemaUrl":7}]}', 'The field schemaUrl is not a text.'],
  ])('is refused if it is no export request: %s', (text, sentence) => {
    expect(() => reader.spans(Buffer.from(text), 'json')).toThrow(new OtlpError(sentence))
  })

  it.each<[object, string]>([
    [{ traceId: 7 }, 'The field traceId is not a text of hexadecimal digits.'],
    [{ name: {} }, 'The field name is not a text.'],
    [{ startTimeUnixNano: 'now' }, 'The field startTimeUnixNano is not a number.'],
    [{ startTimeUnixNano: '-1' }, 'The field startTimeUnixNano is not a natural number.'],
    [{ startTimeUnixNano: 1.5 }, 'The field startTimeUnixNano is not a natural number.'],
    [{ startTimeUnixNano: '99999999999999999999' }, 'The field startTimeUnixNano is not a natural number.'],
    [{ flags: 2 ** 32 }, 'The field flags is not a number below 2^32.'],
    [{ kind: {} }, 'The field kind is not a number.'],
    [{ attributes: [{ key: 'a', value: 7 }] }, 'The field value is not an object.'],
    [{ attributes: [{ key: 'a', value: { stringValue: 7 } }] }, 'The field stringValue is not a text.'],
    [{ attributes: [{ key: 'a', value: { boolValue: 1 } }] }, 'The field boolValue is not true or false.'],
    [{ attributes: [{ key: 'a', value: { intValue: 1.5 } }] }, 'The field intValue is not an integer.'],
    [
      { attributes: [{ key: 'a', value: { intValue: '9223372036854775808' } }] },
      'The field intValue is not an integer of 64 bits.',
    ],
    [
      { attributes: [{ key: 'a', value: { doubleValue: 'much' } }] },
      'The field doubleValue is not a number.',
    ],
    [
      { attributes: [{ key: 'a', value: { bytesValue: 1 } }] },
      'The field bytesValue is not a text in base64.',
    ],
    [{ attributes: [{ key: 'a', value: { arrayValue: { values: 1 } } }] }, 'The field values is not a list.'],
  ])('is refused if a field has another type: %j', (fields, sentence) => {
    expect(() => spansOf({ ...IDS, ...fields })).toThrow(new OtlpError(sentence))
  })
})
