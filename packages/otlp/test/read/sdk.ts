import { SpanKind, SpanStatusCode, TraceFlags, ValueType } from '@opentelemetry/api'
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

import type { Encoding } from '../../src/writer.ts'
import { RESOURCE } from '../entries.ts'

const resource = resourceFromAttributes(RESOURCE)
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

/** Spans of the SDK with all that a span can have, in its own encoding. */
export async function sdkSpans(encoding: Encoding): Promise<Uint8Array> {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('sdk', '3.2.1', { schemaUrl: 'https://opentelemetry.io/schemas/1.40.0' })
  const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED }
  const server = tracer.startSpan('GET /orders/:id', {
    kind: SpanKind.SERVER,
    startTime: NOW,
    attributes: {
      text: 'wörld',
      whole: 7,
      negative: -7,
      fraction: 0.5,
      yes: true,
      list: ['a', 'b'],
      numbers: [1, 2.5],
    },
    links: [{ context, attributes: { why: 'batch' } }],
  })
  server.recordException(new TypeError('no rates'), NOW + 1)
  server.addEvent('retry', { attempt: 2 }, NOW + 2)
  server.setStatus({ code: SpanStatusCode.ERROR, message: 'no rates today' })
  server.end(NOW + 3)
  tracer.startSpan('bare', { startTime: NOW }).end(NOW)
  const spans = exporter.getFinishedSpans()
  const serializer = encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer
  const body = bytes(serializer.serializeRequest(spans))
  await provider.shutdown()
  return body
}

/** Log records of the SDK, in its own encoding. */
export async function sdkLogs(encoding: Encoding): Promise<Uint8Array> {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
  const logger = provider.getLogger('sdk', '3.2.1')
  const attributes = { request_id: 'r-1', duration_ms: 1.5, user: { id: 7, tags: ['a', true] } }
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in a package that is not installed
  logger.emit({ timestamp: NOW, severityNumber: 13, severityText: 'warn', body: 'no rates', attributes })
  logger.emit({ body: { text: 'no rates', nested: { list: [1, 'a', true] } }, eventName: 'rates.missing' })
  logger.emit({ body: new Uint8Array([1, 2, 255]) })
  const serializer = encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer
  const body = bytes(serializer.serializeRequest(exporter.getFinishedLogRecords()))
  await provider.shutdown()
  return body
}

class HandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Metrics of the SDK of all kinds that it has, in its own encoding. */
export async function sdkMetrics(
  encoding: Encoding,
  temporality: AggregationTemporality,
): Promise<Uint8Array> {
  const reader = new HandReader({ aggregationTemporalitySelector: () => temporality })
  const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const
  const provider = new MeterProvider({
    resource,
    readers: [reader],
    views: [{ instrumentName: 'sizes', aggregation }],
  })
  const meter = provider.getMeter('sdk', '3.2.1')
  const counter = meter.createCounter('orders', {
    description: 'Orders',
    unit: '{order}',
    valueType: ValueType.INT,
  })
  counter.add(3, { shop: 'a' })
  counter.add(4, { shop: 'b', big: true })
  meter.createUpDownCounter('in.flight', { valueType: ValueType.DOUBLE }).add(-2.5)
  meter.createUpDownCounter('debt', { valueType: ValueType.INT }).add(-3)
  meter.createGauge('temperature').record(36.6, { room: 1 })
  const histogram = meter.createHistogram('duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 1] },
  })
  for (const seconds of [0.05, 0.1, 0.5, 3]) histogram.record(seconds, { route: '/a' })
  const sizes = meter.createHistogram('sizes', { unit: 'By' })
  for (const size of [0, 1, 3, 1_000, 1e6]) sizes.record(size, { route: '/a' })
  const { resourceMetrics } = await reader.collect()
  const serializer = encoding === 'json' ? JsonMetricsSerializer : ProtobufMetricsSerializer
  const body = bytes(serializer.serializeRequest(resourceMetrics))
  await provider.shutdown()
  return body
}

function bytes(body: Uint8Array | undefined): Uint8Array {
  if (body === undefined) throw new Error('OpenTelemetry has serialized nothing.')
  return body
}
