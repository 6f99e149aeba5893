/** https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/trace/v1/trace.proto */
import { type EncoderOptions, toolsOf } from './encoder.ts'
import { EVENT, LINK, SPAN, STATUS } from './fields.ts'
import type { Scope } from './scope.ts'
import type { Attributes, Values } from './values.ts'
import type { Writer } from './writer.ts'

/** `SpanKind` of OTLP: its numbers are one higher than in the OpenTelemetry API. */
export const SPAN_KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const

/** `StatusCode` of OTLP: its numbers are the same as in the OpenTelemetry API. */
const STATUS_CODES = { unset: 0, ok: 1, error: 2 } as const

/** A span that has ended. */
export interface FinishedSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  readonly parentSpanId?: string | undefined
  /** Whether the parent is in another process. `undefined` without a parent, or if unknown. */
  readonly parentIsRemote?: boolean | undefined
  readonly traceState?: string | undefined
  /** The trace flags of W3C Trace Context: 1 is sampled. */
  readonly traceFlags: number
  readonly name: string
  readonly kind: keyof typeof SPAN_KINDS
  /** Milliseconds since the epoch. */
  readonly startTime: number
  readonly endTime: number
  readonly attributes: Attributes
  readonly droppedAttributesCount?: number | undefined
  readonly events?: readonly SpanEvent[] | undefined
  readonly droppedEventsCount?: number | undefined
  readonly links?: readonly SpanLink[] | undefined
  readonly droppedLinksCount?: number | undefined
  readonly status?: SpanStatus | undefined
}

/** The result of the operation. */
export interface SpanStatus {
  readonly code: keyof typeof STATUS_CODES
  readonly message?: string | undefined
}

/** A timed event within a span. */
export interface SpanEvent {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly attributes?: Attributes | undefined
  readonly droppedAttributesCount?: number | undefined
}

/** A related span of the same or another trace. */
export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly traceState?: string | undefined
  readonly traceFlags?: number | undefined
  readonly isRemote?: boolean | undefined
  readonly attributes?: Attributes | undefined
  readonly droppedAttributesCount?: number | undefined
}

/**
 * `SpanFlags`: `HAS_IS_REMOTE` tells that `IS_REMOTE` is known; `IS_REMOTE` tells that the context came from
 * another process.
 */
const HAS_IS_REMOTE = 0x100
const IS_REMOTE = 0x200

/**
 * Creates the encoder of spans. It returns an entry for {@link createBatchEncoder}. An error thrown by a
 * getter of an attribute value passes through.
 */
export function createSpanEncoder(
  options: EncoderOptions = {},
): (span: FinishedSpan, scope: Scope) => Uint8Array {
  const { writer, values, scopes } = toolsOf(options)
  return (span, scope) => {
    writer.begin(scopes(scope))
    writer.hex(SPAN.traceId, span.traceId)
    writer.hex(SPAN.spanId, span.spanId)
    if (span.traceState) writer.text(SPAN.traceState, span.traceState)
    if (span.parentSpanId) writer.hex(SPAN.parentSpanId, span.parentSpanId)
    writer.text(SPAN.name, values.limited(span.name))
    writer.int(SPAN.kind, SPAN_KINDS[span.kind])
    writer.time(SPAN.startTime, span.startTime)
    writer.time(SPAN.endTime, span.endTime)
    values.attributes(SPAN.attributes, span.attributes)
    if (span.droppedAttributesCount) writer.int(SPAN.droppedAttributes, span.droppedAttributesCount)
    writeEvents(writer, values, span.events)
    if (span.droppedEventsCount) writer.int(SPAN.droppedEvents, span.droppedEventsCount)
    writeLinks(writer, values, span.links)
    if (span.droppedLinksCount) writer.int(SPAN.droppedLinks, span.droppedLinksCount)
    if (span.status !== undefined) writeStatus(writer, values, span.status)
    writer.fixed32(SPAN.flags, flagsOf(span.traceFlags, span.parentIsRemote))
    return writer.finish()
  }
}

/** `flags` of a span or a link. */
export function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  const remote = isRemote === undefined ? 0 : isRemote ? HAS_IS_REMOTE | IS_REMOTE : HAS_IS_REMOTE
  return (traceFlags & 0xff) | remote
}

export function writeEvents(writer: Writer, values: Values, events: readonly SpanEvent[] = []): void {
  if (events.length === 0) return
  writer.openList(SPAN.events)
  for (const event of events) {
    writer.openItem(SPAN.events)
    writer.time(EVENT.time, event.time)
    writer.text(EVENT.name, values.limited(event.name))
    values.attributes(EVENT.attributes, event.attributes)
    if (event.droppedAttributesCount) writer.int(EVENT.droppedAttributes, event.droppedAttributesCount)
    writer.close()
  }
  writer.closeList()
}

export function writeLinks(writer: Writer, values: Values, links: readonly SpanLink[] = []): void {
  if (links.length === 0) return
  writer.openList(SPAN.links)
  for (const link of links) {
    writer.openItem(SPAN.links)
    writer.hex(LINK.traceId, link.traceId)
    writer.hex(LINK.spanId, link.spanId)
    if (link.traceState) writer.text(LINK.traceState, link.traceState)
    values.attributes(LINK.attributes, link.attributes)
    if (link.droppedAttributesCount) writer.int(LINK.droppedAttributes, link.droppedAttributesCount)
    writer.fixed32(LINK.flags, flagsOf(link.traceFlags ?? 0, link.isRemote))
    writer.close()
  }
  writer.closeList()
}

export function writeStatus(writer: Writer, values: Values, { code, message }: SpanStatus): void {
  writer.open(SPAN.status)
  // The specification allows a message only for errors.
  if (message && code === 'error') writer.text(STATUS.message, values.limited(message))
  if (code !== 'unset') writer.int(STATUS.code, STATUS_CODES[code])
  writer.close()
}
