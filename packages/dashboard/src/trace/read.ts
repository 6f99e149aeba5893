import { type Kind, type Span, type SpanEvent, textOf, type Trace, type Value } from './span.ts'

/** The message of OTLP in JSON. Everything may be missing: files of other programs are imported. */
interface OtlpTraces {
  readonly resourceSpans?: ReadonlyArray<{
    readonly resource?: { readonly attributes?: readonly OtlpAttribute[] }
    readonly scopeSpans?: ReadonlyArray<{
      readonly scope?: { readonly name?: string }
      readonly spans?: readonly OtlpSpan[]
    }>
  }>
}
interface OtlpAttribute {
  readonly key?: string
  readonly value?: Readonly<Record<string, unknown>>
}
interface OtlpSpan {
  readonly traceId?: string
  readonly spanId?: string
  readonly parentSpanId?: string
  readonly name?: unknown
  readonly kind?: number | string
  readonly startTimeUnixNano?: string | number
  readonly endTimeUnixNano?: string | number
  readonly attributes?: readonly OtlpAttribute[]
  readonly events?: ReadonlyArray<{
    readonly timeUnixNano?: string | number
    readonly name?: unknown
    readonly attributes?: readonly OtlpAttribute[]
  }>
  readonly links?: ReadonlyArray<{ readonly traceId?: string; readonly spanId?: string }>
  readonly status?: { readonly code?: number | string; readonly message?: unknown } | null
}

const KINDS: readonly Kind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
/** Levels of nesting of a value. Deeper ones are left out. */
const DEEPEST = 20

/**
 * Reads a trace from OTLP in JSON: an answer of the hub, or a file. A file with several traces gives the one with the most spans.
 *
 * @throws {Error} a sentence for people, if it is no trace
 */
export function readTrace(otlp: unknown): Trace {
  if (typeof otlp !== 'object' || otlp === null || !Array.isArray((otlp as OtlpTraces).resourceSpans))
    throw new Error('This is no trace: OTLP in JSON has a list resourceSpans.')
  const byTrace = new Map<string, RawSpan[]>()
  // The shape is checked where it is read.
  for (const group of (otlp as OtlpTraces).resourceSpans ?? []) {
    const resource = attributesOf(group?.resource?.attributes)
    for (const { scope, spans = [] } of group?.scopeSpans ?? [])
      for (const span of spans) {
        const id = idOf(span.traceId, 32)
        const list = byTrace.get(id) ?? []
        byTrace.set(id, list)
        list.push({ span, resource, scope: scope?.name ?? '' })
      }
  }
  const [found] = [...byTrace].toSorted(([, a], [, b]) => b.length - a.length)
  if (found === undefined) throw new Error('This trace has no spans.')
  return traceOf(...found)
}

interface RawSpan {
  readonly span: OtlpSpan
  readonly resource: Readonly<Record<string, Value>>
  readonly scope: string
}

function traceOf(id: string, raw: readonly RawSpan[]): Trace {
  const times = raw.map(
    ({ span }) => [nanoseconds(span.startTimeUnixNano), nanoseconds(span.endTimeUnixNano)] as const,
  )
  const first = times.reduce((least, [start]) => (start < least ? start : least), times[0]?.[0] ?? 0n)
  const msAfter = (time: bigint) => Number(time - first) / 1e6
  const spans = raw.map(({ span, resource, scope }, at): Span => {
    const [start = 0n, end = 0n] = times[at] ?? []
    return {
      id: idOf(span.spanId, 16),
      parentId: idOf(span.parentSpanId, 16),
      name: plain(span.name),
      kind: KINDS[Number(span.kind ?? 0)] ?? 'unspecified',
      start: msAfter(start),
      duration: Math.max(0, Number(end - start) / 1e6),
      failed: Number(span.status?.code ?? 0) === 2,
      statusMessage: plain(span.status?.message),
      service: textOf(resource['service.name']) || 'unknown',
      version: textOf(resource['service.version']),
      instance: textOf(resource['service.instance.id']),
      attributes: attributesOf(span.attributes),
      resource,
      scope,
      events: (span.events ?? []).map((event): SpanEvent => ({
        name: plain(event.name),
        at: msAfter(nanoseconds(event.timeUnixNano)),
        attributes: attributesOf(event.attributes),
      })),
      links: (span.links ?? []).map((link) => ({
        traceId: idOf(link.traceId, 32),
        spanId: idOf(link.spanId, 16),
      })),
    }
  })
  return {
    id,
    start: Number(first / 1_000n) / 1_000,
    duration: Math.max(...spans.map(({ start, duration }) => start + duration)),
    spans: spans.toSorted((a, b) => a.start - b.start || b.duration - a.duration),
  }
}

/** A text, which a file may have forgotten. */
const plain = (text: unknown): string => (typeof text === 'string' ? text : '')

/** Zeros are no id. */
function idOf(id: unknown, digits: number): string {
  const text = typeof id === 'string' ? id.toLowerCase() : ''
  return /^0*$/.test(text) ? '' : text.slice(0, digits)
}

function nanoseconds(time: string | number | undefined): bigint {
  try {
    return BigInt(time ?? 0)
  } catch {
    return 0n
  }
}

function attributesOf(attributes: readonly OtlpAttribute[] = []): Readonly<Record<string, Value>> {
  return Object.fromEntries(attributes.map(({ key = '', value }) => [key, valueOf(value)]))
}

function valueOf(value: Readonly<Record<string, unknown>> | undefined, depth = 0): Value {
  const [kind, raw] = Object.entries(value ?? {})[0] ?? []
  switch (kind) {
    case 'stringValue':
    case 'bytesValue':
      return String(raw)
    case 'boolValue':
      return raw === true
    case 'intValue': {
      const number = Number(raw)
      return Number.isSafeInteger(number) ? number : String(raw)
    }
    case 'doubleValue':
      return Number(raw)
    case 'arrayValue':
      return depth > DEEPEST ? null : listOf(raw).map((each) => valueOf(each, depth + 1))
    case 'kvlistValue':
      return depth > DEEPEST
        ? null
        : Object.fromEntries(
            listOf(raw).map(({ key, value: each }) => [
              String(key),
              valueOf(each as Readonly<Record<string, unknown>>, depth + 1),
            ]),
          )
    default:
      return null
  }
}

function listOf(raw: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> {
  const { values } = (raw ?? {}) as { values?: unknown }
  return Array.isArray(values) ? (values as ReadonlyArray<Readonly<Record<string, unknown>>>) : []
}
