import { expect, test } from '@jest/globals'
import { createReader } from '@sightline/otlp'

import { jaegerTrace } from '../../src/query/views/jaeger-trace.ts'
import { jsonValue } from '../../src/query/views/json.ts'
import { levelOf, logRecords } from '../../src/query/views/log-records.ts'
import { otlpTrace } from '../../src/query/views/otlp-trace.ts'
import type { StoredLog, StoredResource, StoredScope, StoredSpan } from '../../src/store/events.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const start = 1_769_860_800_123_456_789n

const resource = (name: string): StoredResource => ({
  attributes: { 'service.name': name, 'service.instance.id': `${name}-1`, 'process.pid': 7 },
  droppedAttributes: 0,
  schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
})
const scope: StoredScope = {
  name: 'http',
  version: '1.2.0',
  attributes: {},
  droppedAttributes: 0,
  schemaUrl: '',
}

const root: StoredSpan = {
  traceId,
  spanId: 'b7ad6b7169203331',
  parentSpanId: '',
  traceState: 'a=b',
  flags: 257,
  name: 'GET /items/:id',
  kind: 2,
  start,
  end: start + 20_500_000n,
  statusCode: 2,
  statusMessage: 'out of stock',
  attributes: {
    text: 'ä',
    truth: true,
    integer: 42,
    double: 0.5,
    large: 9_007_199_254_740_993n,
    infinite: Infinity,
    bytes: Uint8Array.of(1, 2, 255),
    list: ['a', 1],
    map: { key: { inner: false } },
    nothing: null,
  },
  droppedAttributes: 3,
  events: [
    {
      time: start + 1_000_000n,
      name: 'exception',
      attributes: { 'exception.type': 'RangeError' },
      droppedAttributes: 0,
    },
  ],
  droppedEvents: 1,
  links: [
    {
      traceId: 'f'.repeat(32),
      spanId: 'e'.repeat(16),
      traceState: '',
      flags: 1,
      attributes: { why: 'batch' },
      droppedAttributes: 0,
    },
  ],
  droppedLinks: 2,
  resource: resource('shop'),
  scope,
}
const child: StoredSpan = {
  ...root,
  spanId: '00f067aa0ba902b7',
  parentSpanId: root.spanId,
  traceState: '',
  name: 'SELECT',
  kind: 3,
  start: start + 2_000_000n,
  end: start + 4_000_000n,
  statusCode: 0,
  statusMessage: '',
  attributes: {},
  droppedAttributes: 0,
  events: [],
  droppedEvents: 0,
  links: [],
  droppedLinks: 0,
  // The store may return equal resources as different objects.
  resource: resource('shop'),
}
const other: StoredSpan = {
  ...child,
  spanId: '1'.repeat(16),
  name: 'GET',
  resource: resource('stock'),
  statusCode: 1,
}

test('a trace is OTLP in JSON', () => {
  const trace = otlpTrace([root, child, other])
  expect(trace).toEqual({
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'shop' } },
            { key: 'service.instance.id', value: { stringValue: 'shop-1' } },
            { key: 'process.pid', value: { intValue: '7' } },
          ],
        },
        schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
        scopeSpans: [
          {
            scope: { name: 'http', version: '1.2.0', attributes: [] },
            spans: [
              {
                traceId,
                spanId: 'b7ad6b7169203331',
                traceState: 'a=b',
                flags: 257,
                name: 'GET /items/:id',
                kind: 2,
                startTimeUnixNano: '1769860800123456789',
                endTimeUnixNano: '1769860800143956789',
                attributes: [
                  { key: 'text', value: { stringValue: 'ä' } },
                  { key: 'truth', value: { boolValue: true } },
                  { key: 'integer', value: { intValue: '42' } },
                  { key: 'double', value: { doubleValue: 0.5 } },
                  { key: 'large', value: { intValue: '9007199254740993' } },
                  { key: 'infinite', value: { doubleValue: 'Infinity' } },
                  { key: 'bytes', value: { bytesValue: 'AQL/' } },
                  {
                    key: 'list',
                    value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } },
                  },
                  {
                    key: 'map',
                    value: {
                      kvlistValue: {
                        values: [
                          {
                            key: 'key',
                            value: {
                              kvlistValue: { values: [{ key: 'inner', value: { boolValue: false } }] },
                            },
                          },
                        ],
                      },
                    },
                  },
                  { key: 'nothing', value: {} },
                ],
                droppedAttributesCount: 3,
                events: [
                  {
                    timeUnixNano: '1769860800124456789',
                    name: 'exception',
                    attributes: [{ key: 'exception.type', value: { stringValue: 'RangeError' } }],
                  },
                ],
                droppedEventsCount: 1,
                links: [
                  {
                    traceId: 'f'.repeat(32),
                    spanId: 'e'.repeat(16),
                    flags: 1,
                    attributes: [{ key: 'why', value: { stringValue: 'batch' } }],
                  },
                ],
                droppedLinksCount: 2,
                status: { code: 2, message: 'out of stock' },
              },
              expect.objectContaining({
                spanId: child.spanId,
                parentSpanId: root.spanId,
                status: { code: 0 },
              }),
            ],
          },
        ],
      },
      expect.objectContaining({
        scopeSpans: [expect.objectContaining({ spans: [expect.objectContaining({ spanId: other.spanId })] })],
      }),
    ],
  })
})

test('a trace can be sent to a receiver of OTLP', () => {
  const body = new TextEncoder().encode(JSON.stringify(otlpTrace([root, child, other])))
  const columns = createReader().spans(body, 'json')
  expect(columns).toMatchObject({ rows: 3, rejected: 0 })
})

test('a trace has the shape of Jaeger', () => {
  expect(jaegerTrace(traceId, [root, child, other])).toEqual({
    traceID: traceId,
    spans: [
      {
        traceID: traceId,
        spanID: 'b7ad6b7169203331',
        flags: 1,
        operationName: 'GET /items/:id',
        references: [{ refType: 'FOLLOWS_FROM', traceID: 'f'.repeat(32), spanID: 'e'.repeat(16) }],
        startTime: 1_769_860_800_123_456,
        duration: 20_500,
        tags: [
          { key: 'text', type: 'string', value: 'ä' },
          { key: 'truth', type: 'bool', value: true },
          { key: 'integer', type: 'int64', value: 42 },
          { key: 'double', type: 'float64', value: 0.5 },
          { key: 'large', type: 'int64', value: '9007199254740993' },
          { key: 'infinite', type: 'string', value: 'Infinity' },
          { key: 'bytes', type: 'binary', value: 'AQL/' },
          { key: 'list', type: 'string', value: '["a",1]' },
          { key: 'map', type: 'string', value: '{"key":{"inner":false}}' },
          { key: 'nothing', type: 'string', value: '' },
          { key: 'span.kind', type: 'string', value: 'server' },
          { key: 'otel.status_code', type: 'string', value: 'ERROR' },
          { key: 'error', type: 'bool', value: true },
          { key: 'otel.status_description', type: 'string', value: 'out of stock' },
          { key: 'otel.scope.name', type: 'string', value: 'http' },
          { key: 'otel.scope.version', type: 'string', value: '1.2.0' },
          { key: 'w3c.tracestate', type: 'string', value: 'a=b' },
        ],
        logs: [
          {
            timestamp: 1_769_860_800_124_456,
            fields: [
              { key: 'event', type: 'string', value: 'exception' },
              { key: 'exception.type', type: 'string', value: 'RangeError' },
            ],
          },
        ],
        processID: 'p1',
        warnings: null,
      },
      expect.objectContaining({
        references: [{ refType: 'CHILD_OF', traceID: traceId, spanID: root.spanId }],
        processID: 'p1',
      }),
      expect.objectContaining({
        tags: expect.arrayContaining([{ key: 'otel.status_code', type: 'string', value: 'OK' }]),
        processID: 'p2',
      }),
    ],
    processes: {
      p1: {
        serviceName: 'shop',
        tags: [
          { key: 'service.instance.id', type: 'string', value: 'shop-1' },
          { key: 'process.pid', type: 'int64', value: 7 },
        ],
      },
      p2: expect.objectContaining({ serviceName: 'stock' }),
    },
    warnings: null,
  })
})

test('log records share resources and scopes', () => {
  const log = (name: string): StoredLog => ({
    cursor: `cursor of ${name}`,
    time: start,
    observedTime: start + 1n,
    severity: 17,
    severityText: 'ERROR',
    body: { text: 'failed', tries: 9_007_199_254_740_993n },
    attributes: { 'user.id': 'u1' },
    droppedAttributes: 0,
    flags: 1,
    traceId,
    spanId: root.spanId,
    eventName: '',
    resource: resource(name),
    scope,
  })
  const { records, resources, scopes } = logRecords([log('shop'), log('stock'), log('shop')])
  expect(records[0]).toEqual({
    cursor: 'cursor of shop',
    time: '1769860800123456789',
    observedTime: '1769860800123456790',
    level: 'error',
    severity: 17,
    severityText: 'ERROR',
    service: 'shop',
    instance: 'shop-1',
    body: { text: 'failed', tries: '9007199254740993' },
    attributes: { 'user.id': 'u1' },
    droppedAttributes: 0,
    eventName: '',
    traceId,
    spanId: root.spanId,
    resource: 0,
    scope: 0,
  })
  expect(records).toMatchObject([{ resource: 0 }, { resource: 1, service: 'stock' }, { resource: 0 }])
  expect(resources).toHaveLength(2)
  expect(scopes).toEqual([{ name: 'http', version: '1.2.0', attributes: {} }])
})

test.each([
  [0, 'unset'],
  [1, 'trace'],
  [4, 'trace'],
  [5, 'debug'],
  [9, 'info'],
  [12, 'info'],
  [13, 'warn'],
  [20, 'error'],
  [24, 'fatal'],
])('the severity %d has the level %s', (severity, level) => {
  expect(levelOf(severity)).toBe(level)
})

test('a key that is special in JavaScript stays a key', () => {
  const value = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as { readonly [key: string]: number }
  expect(JSON.stringify(jsonValue(value))).toBe('{"__proto__":{"a":1},"constructor":2}')
})
