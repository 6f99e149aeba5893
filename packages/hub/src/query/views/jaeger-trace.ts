import type { StoredAttributes, StoredEvent, StoredSpan, StoredValue } from '../../store/events.ts'
import { jobOf } from '../../store/job.ts'
import { groupOf, keysOfObjects } from './groups.ts'
import { base64, type Json, jsonValue, textOf } from './json.ts'

/** `SpanKind` of OTLP in the words of Jaeger. */
const KINDS: readonly (string | undefined)[] = [
  undefined,
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
]

/** An answer of Jaeger's query API. An incomplete one says so in `errors`, beside its data. */
export function jaegerAnswer(data: readonly Json[], complete = true): Json {
  const errors = complete
    ? null
    : [{ code: 503, msg: 'The search took too long. It has more results than these.' }]
  return { data, total: data.length, limit: 0, offset: 0, errors }
}

/**
 * A trace in the shape of Jaeger's query API. Spans are translated as OpenTelemetry specifies for Jaeger,
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/. Times in microseconds.
 */
export function jaegerTrace(traceId: string, spans: readonly StoredSpan[]): Json {
  const processes = new Map<string, { readonly id: string; readonly process: Json }>()
  const keyOf = keysOfObjects()
  const translated = spans.map((span) => {
    const { id } = groupOf(processes, keyOf(span.resource), () => ({
      id: `p${processes.size + 1}`,
      process: processOf(span.resource.attributes),
    }))
    return jaegerSpan(span, id)
  })
  return {
    traceID: traceId,
    spans: translated,
    processes: Object.fromEntries([...processes.values()].map(({ id, process }) => [id, process])),
    warnings: null,
  }
}

function processOf(attributes: StoredAttributes): Json {
  const { 'service.name': _name, ...others } = attributes
  // The lists of services and dependencies have the same name.
  return { serviceName: jobOf(attributes) || 'unknown_service', tags: tagsOf(others) }
}

function jaegerSpan(span: StoredSpan, processID: string): Json {
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    flags: span.flags & 0xff,
    operationName: span.name,
    references: [
      ...(span.parentSpanId === '' ? [] : [reference('CHILD_OF', span.traceId, span.parentSpanId)]),
      ...span.links.map((link) => reference('FOLLOWS_FROM', link.traceId, link.spanId)),
    ],
    startTime: Number(span.start / 1000n),
    duration: Number((span.end - span.start) / 1000n),
    tags: [...tagsOf(span.attributes), ...ownTags(span)],
    logs: span.events.map(logOf),
    processID,
    warnings: null,
  }
}

function reference(refType: string, traceID: string, spanID: string): Json {
  return { refType, traceID, spanID }
}

/** Tags for the parts of a span that Jaeger has no fields for. */
function ownTags({ kind, statusCode, statusMessage, scope, traceState }: StoredSpan): Json[] {
  const kindName = KINDS[kind]
  return tagsOf({
    ...(kindName !== undefined && { 'span.kind': kindName }),
    ...(statusCode === 1 && { 'otel.status_code': 'OK' }),
    ...(statusCode === 2 && { 'otel.status_code': 'ERROR', error: true }),
    ...(statusMessage !== '' && { 'otel.status_description': statusMessage }),
    ...(scope.name !== '' && { 'otel.scope.name': scope.name }),
    ...(scope.version !== '' && { 'otel.scope.version': scope.version }),
    ...(traceState !== '' && { 'w3c.tracestate': traceState }),
  })
}

function logOf({ time, name, attributes }: StoredEvent): Json {
  return {
    timestamp: Number(time / 1000n),
    fields: [
      // An attribute `event` would have the same key.
      ...(name === '' || textOf(attributes, 'event') !== '' ? [] : tagsOf({ event: name })),
      ...tagsOf(attributes),
    ],
  }
}

function tagsOf(attributes: StoredAttributes): Json[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, ...typed(value) }))
}

/** Lists and maps are texts of JSON, and so are integers that a number of JSON does not hold exactly. */
function typed(value: StoredValue): { readonly type: string; readonly value: Json } {
  switch (typeof value) {
    case 'string':
      return { type: 'string', value }
    case 'boolean':
      return { type: 'bool', value }
    case 'bigint':
      return { type: 'int64', value: value.toString() }
    case 'number':
      if (Number.isSafeInteger(value)) return { type: 'int64', value }
      return Number.isFinite(value) ? { type: 'float64', value } : { type: 'string', value: String(value) }
    default:
      if (value instanceof Uint8Array) return { type: 'binary', value: base64(value) }
      return { type: 'string', value: value === null ? '' : JSON.stringify(jsonValue(value)) }
  }
}
