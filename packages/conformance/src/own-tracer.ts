import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { startTelemetry } from '@sightline/otel'

import type { SeenSpan, Tracer } from './traces.ts'

/** The part of OTLP JSON that is read: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
interface ExportRequest {
  readonly resourceSpans: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{ readonly spans: readonly OtlpSpan[] }>
  }>
}

interface OtlpSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly status?: { readonly code?: number }
  readonly attributes?: readonly OtlpAttribute[]
  readonly events?: ReadonlyArray<{ readonly name: string; readonly attributes?: readonly OtlpAttribute[] }>
  readonly links?: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
}

interface OtlpAttribute {
  readonly key: string
  readonly value: OtlpValue
}

interface OtlpValue {
  readonly stringValue?: string
  readonly intValue?: string
  readonly boolValue?: boolean
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] }
}

/** Indexed by the numbers of OTLP, which start at 1. */
const KINDS = [
  undefined,
  SpanKind.INTERNAL,
  SpanKind.SERVER,
  SpanKind.CLIENT,
  SpanKind.PRODUCER,
  SpanKind.CONSUMER,
]

const STATUSES = [SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR]

/** Sightline's own tracing, from its start to the collector. */
export async function ownTracer(): Promise<Tracer> {
  const spans: SeenSpan[] = []
  const collector = createServer((req, res) => {
    void json(req).then((body) => {
      const { resourceSpans } = body as ExportRequest
      for (const { scopeSpans } of resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map(seen)))
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const { port } = collector.address() as AddressInfo
  const telemetry = startTelemetry({
    endpoint: `http://127.0.0.1:${port}`,
    protocol: 'http/json',
    compression: 'none',
    metrics: { exporter: 'none' },
    logs: { exporter: 'none' },
    // The test's own requests are not requests of a service.
    outbound: false,
    quiet: true,
  })
  return {
    spans,
    // By default, a trace without a caller's decision is recorded.
    recordAll() {},
    settled: () => telemetry.flush(),
    async close() {
      await telemetry.close()
      collector.closeAllConnections()
      collector.close()
      await once(collector, 'close')
    },
  }
}

function seen(span: OtlpSpan): SeenSpan {
  return {
    name: span.name,
    kind: KINDS[span.kind] ?? SpanKind.INTERNAL,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    statusCode: STATUSES[span.status?.code ?? 0] ?? SpanStatusCode.UNSET,
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map(({ name, attributes }) => ({
      name,
      attributes: attributesOf(attributes),
    })),
    links: (span.links ?? []).map(({ traceId, spanId }) => `${traceId}-${spanId}`),
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
  }
}

function attributesOf(attributes: readonly OtlpAttribute[] = []): Record<string, unknown> {
  const names = attributes.map(({ key }) => key)
  if (new Set(names).size < names.length) throw new Error(`attributes more than once: ${names.join(', ')}`)
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))
}

function valueOf(value: OtlpValue): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(valueOf)
  return value.intValue === undefined
    ? (value.stringValue ?? value.boolValue ?? value.doubleValue)
    : Number(value.intValue)
}
