import { createReader, type LogColumns, type SpanColumns } from '@sightline/otlp'

type Value = string | number | boolean | readonly unknown[] | Readonly<Record<string, unknown>>
type Attributes = Readonly<Record<string, Value>>

/** A span of a test. Times in milliseconds. */
export interface TestSpan {
  readonly name?: string
  /** `SpanKind` of OTLP. */
  readonly kind?: number
  readonly traceId?: string
  readonly spanId?: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly start?: number
  readonly ms?: number
  readonly status?: number
  readonly message?: string
  readonly attributes?: Attributes
  readonly events?: readonly {
    readonly name: string
    readonly time?: number
    readonly attributes?: Attributes
  }[]
  readonly links?: readonly Attributes[]
}

/** A log record of a test. */
export interface TestLog {
  readonly severity?: number
  readonly text?: string
  readonly body?: Value
  readonly traceId?: string
  readonly spanId?: string
  readonly attributes?: Attributes
  readonly time?: number
}

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const START = 1_700_000_000_000
const nanos = (ms: number) => String(BigInt(Math.round(ms * 1_000)) * 1_000n)

function valueOf(value: unknown): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } }
  return { kvlistValue: { values: entries(value as Attributes) } }
}

function entries(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))
}

function resourceOf(service: string | Attributes) {
  return { attributes: entries(typeof service === 'string' ? { 'service.name': service } : service) }
}

const bytesOf = (request: unknown) => new TextEncoder().encode(JSON.stringify(request))

/** The columns of a request with spans of one service, as the reader makes them. */
export function spanColumns(service: string | Attributes, spans: readonly TestSpan[]): SpanColumns {
  const written = spans.map(({ start = START, ms = 1, ...span }, index) => ({
    traceId: span.traceId ?? TRACE,
    spanId: span.spanId ?? (index + 1).toString(16).padStart(16, '0'),
    parentSpanId: span.parentSpanId ?? '',
    traceState: span.traceState ?? '',
    name: span.name ?? 'work',
    kind: span.kind ?? 1,
    startTimeUnixNano: nanos(start),
    endTimeUnixNano: nanos(start + ms),
    attributes: entries(span.attributes ?? {}),
    status: { code: span.status ?? 0, message: span.message ?? '' },
    events: (span.events ?? []).map(({ name, time = start, attributes = {} }) => ({
      name,
      timeUnixNano: nanos(time),
      attributes: entries(attributes),
    })),
    links: (span.links ?? []).map((attributes) => ({
      traceId: TRACE,
      spanId: '00000000000000ff',
      attributes: entries(attributes),
    })),
  }))
  const request = { resourceSpans: [{ resource: resourceOf(service), scopeSpans: [{ spans: written }] }] }
  return createReader().spans(bytesOf(request), 'json')
}

/** The columns of a request with log records of one service. */
export function logColumns(service: string | Attributes, logs: readonly TestLog[]): LogColumns {
  const logRecords = logs.map((log) => ({
    timeUnixNano: nanos(log.time ?? START),
    severityNumber: log.severity ?? 0,
    severityText: log.text ?? '',
    ...(log.body !== undefined && { body: valueOf(log.body) }),
    traceId: log.traceId ?? '',
    spanId: log.spanId ?? '',
    attributes: entries(log.attributes ?? {}),
  }))
  const request = { resourceLogs: [{ resource: resourceOf(service), scopeLogs: [{ logRecords }] }] }
  return createReader().logs(bytesOf(request), 'json')
}
