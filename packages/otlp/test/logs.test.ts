import { describe, expect, it } from '@jest/globals'
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { decodeJson, decodeProtobuf } from '@sightline/servers/otlp'

import { type LogRecord, createLogEncoder } from '../src/logs.ts'
import { ENCODINGS, RESOURCE, SCOPE, SPAN, TRACE, decoded, decodedEntry } from './entries.ts'

const NOW = 1_700_000_000_500

describe.each(ENCODINGS)('a log record in %s', (encoding) => {
  const encode = createLogEncoder({ encoding })

  it('is the same as what OpenTelemetry’s own exporter sends', () => {
    const record: LogRecord = {
      time: 1_700_000_000_123,
      observedTime: NOW,
      severityNumber: 13,
      severityText: 'warn',
      body: { text: 'no rates', nested: { list: [1, 'a', true, null] } },
      attributes: { request_id: 'r-1', duration_ms: 1.5, user: { id: 7 } },
      droppedAttributesCount: 1,
      traceId: TRACE,
      spanId: SPAN,
      traceFlags: 1,
    }
    const theirRecord = {
      hrTime: [1_700_000_000, 123_000_000],
      hrTimeObserved: [1_700_000_000, 500_000_000],
      spanContext: { traceId: TRACE, spanId: SPAN, traceFlags: 1 },
      severityNumber: 13,
      severityText: 'warn',
      body: record.body,
      attributes: record.attributes,
      droppedAttributesCount: 1,
      resource: resourceFromAttributes(RESOURCE),
      instrumentationScope: SCOPE,
    } as unknown as ReadableLogRecord
    const serializer = encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer
    const bytes = serializer.serializeRequest([theirRecord])
    if (bytes === undefined) throw new Error('OpenTelemetry has serialized nothing.')
    const theirs = encoding === 'json' ? decodeJson('logs', bytes) : decodeProtobuf('logs', bytes)
    delete (theirs.resourceLogs[0].resource as { droppedAttributesCount?: number }).droppedAttributesCount
    expect(decoded('logs', encoding, [encode(record, SCOPE)])).toEqual(theirs)
  })

  it('has no more than it was given', () => {
    expect(
      decodedEntry('logs', encoding, encode({ observedTime: NOW, body: 'x', attributes: {} }, SCOPE)),
    ).toEqual({
      observedTimeUnixNano: '1700000000500000000',
      body: { stringValue: 'x' },
    })
  })
})
