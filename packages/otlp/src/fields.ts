/**
 * The fields of OTLP's messages, for writers and readers:
 * https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto
 */
import { field } from './writer.ts'

/** `KeyValue` of common.proto. */
export const KEY_VALUE = { key: field(1, 'key'), value: field(2, 'value') } as const

/** `AnyValue` of common.proto: one of these fields, or none. */
export const ANY_VALUE = {
  string: field(1, 'stringValue'),
  bool: field(2, 'boolValue'),
  int: field(3, 'intValue'),
  double: field(4, 'doubleValue'),
  array: field(5, 'arrayValue'),
  kvlist: field(6, 'kvlistValue'),
  bytes: field(7, 'bytesValue'),
} as const

/** `values` of `ArrayValue` and `KeyValueList`. */
export const ITEMS = field(1, 'values')

/** `Resource` of resource.proto. */
export const RESOURCE = {
  attributes: field(1, 'attributes'),
  droppedAttributes: field(2, 'droppedAttributesCount'),
} as const

/** `InstrumentationScope` of common.proto. */
export const SCOPE = {
  name: field(1, 'name'),
  version: field(2, 'version'),
  attributes: field(3, 'attributes'),
  droppedAttributes: field(4, 'droppedAttributesCount'),
} as const

/**
 * The messages around the entries of each signal: `Export…ServiceRequest` has `resources`, each of these a `resource`, `scopes`
 * and a schema, each scope a `scope`, `entries` and a schema.
 */
export const ENVELOPES = {
  traces: {
    resources: field(1, 'resourceSpans'),
    scopes: field(2, 'scopeSpans'),
    entries: field(2, 'spans'),
  },
  metrics: {
    resources: field(1, 'resourceMetrics'),
    scopes: field(2, 'scopeMetrics'),
    entries: field(2, 'metrics'),
  },
  logs: {
    resources: field(1, 'resourceLogs'),
    scopes: field(2, 'scopeLogs'),
    entries: field(2, 'logRecords'),
  },
} as const

/** Fields of an envelope that have the same number in all signals. */
export const ENVELOPE = {
  resource: field(1, 'resource'),
  scope: field(1, 'scope'),
  schemaUrl: field(3, 'schemaUrl'),
} as const

/** `Span` of trace.proto. */
export const SPAN = {
  traceId: field(1, 'traceId'),
  spanId: field(2, 'spanId'),
  traceState: field(3, 'traceState'),
  parentSpanId: field(4, 'parentSpanId'),
  name: field(5, 'name'),
  kind: field(6, 'kind'),
  startTime: field(7, 'startTimeUnixNano'),
  endTime: field(8, 'endTimeUnixNano'),
  attributes: field(9, 'attributes'),
  droppedAttributes: field(10, 'droppedAttributesCount'),
  events: field(11, 'events'),
  droppedEvents: field(12, 'droppedEventsCount'),
  links: field(13, 'links'),
  droppedLinks: field(14, 'droppedLinksCount'),
  status: field(15, 'status'),
  flags: field(16, 'flags'),
} as const

/** `Span.Event` of trace.proto. */
export const EVENT = {
  time: field(1, 'timeUnixNano'),
  name: field(2, 'name'),
  attributes: field(3, 'attributes'),
  droppedAttributes: field(4, 'droppedAttributesCount'),
} as const

/** `Span.Link` of trace.proto. */
export const LINK = {
  traceId: field(1, 'traceId'),
  spanId: field(2, 'spanId'),
  traceState: field(3, 'traceState'),
  attributes: field(4, 'attributes'),
  droppedAttributes: field(5, 'droppedAttributesCount'),
  flags: field(6, 'flags'),
} as const

/** `Status` of trace.proto. */
export const STATUS = { message: field(2, 'message'), code: field(3, 'code') } as const

/** `LogRecord` of logs.proto. */
export const LOG_RECORD = {
  time: field(1, 'timeUnixNano'),
  severityNumber: field(2, 'severityNumber'),
  severityText: field(3, 'severityText'),
  body: field(5, 'body'),
  attributes: field(6, 'attributes'),
  droppedAttributes: field(7, 'droppedAttributesCount'),
  flags: field(8, 'flags'),
  traceId: field(9, 'traceId'),
  spanId: field(10, 'spanId'),
  observedTime: field(11, 'observedTimeUnixNano'),
  eventName: field(12, 'eventName'),
} as const
