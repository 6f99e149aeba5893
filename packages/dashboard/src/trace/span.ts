/** The kinds of spans that OTLP numbers. */
export type Kind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** A value of an attribute, as plain data. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

export interface SpanEvent {
  readonly name: string
  /** Milliseconds after the start of the trace. */
  readonly at: number
  readonly attributes: Readonly<Record<string, Value>>
}

/** A span as the page shows it. Times are milliseconds after the start of the trace. */
export interface Span {
  readonly id: string
  /** Empty for a root. */
  readonly parentId: string
  readonly name: string
  readonly kind: Kind
  readonly start: number
  readonly duration: number
  readonly failed: boolean
  readonly statusMessage: string
  readonly service: string
  readonly version: string
  readonly instance: string
  readonly attributes: Readonly<Record<string, Value>>
  readonly resource: Readonly<Record<string, Value>>
  readonly scope: string
  readonly events: readonly SpanEvent[]
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
}

/** A trace. `start` is milliseconds since 1970, `duration` milliseconds from the first start to the last end. */
export interface Trace {
  readonly id: string
  readonly start: number
  readonly duration: number
  /** By start. */
  readonly spans: readonly Span[]
}

/** The text of an attribute, empty where it has none. Lists and objects are JSON. */
export function textOf(value: Value | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The first of some attributes that a span has, as text. */
export function attribute({ attributes }: Pick<Span, 'attributes'>, ...keys: readonly string[]): string {
  for (const key of keys) {
    const text = textOf(attributes[key])
    if (text !== '') return text
  }
  return ''
}

/** The system that a call goes to: a service, a database with its host, a host. Empty for other spans. */
export function peerOf(span: Span): string {
  if (span.kind !== 'client' && span.kind !== 'producer') return ''
  return attribute(
    span,
    'peer.service',
    'server.address',
    'net.peer.name',
    'db.namespace',
    'db.system.name',
    'db.system',
    'messaging.system',
  )
}

/** The HTTP status or the state of a failed span, for the words behind its name. Empty for one that is well. */
export function outcomeOf(span: Span): string {
  const status = attribute(span, 'http.response.status_code', 'http.status_code')
  if (Number(status) >= 500 || (span.failed && status !== '')) return status
  return span.failed ? attribute(span, 'error.type').slice(0, 40) || 'error' : ''
}

/** Names of spans in which a request waits for something that others hold, rather than being worked on. */
const WAITING =
  /\b(?:wait(?:ing)?|acquire|queue[ds]?|pool[.\s_-]?(?:connect|acquire|wait)|checkout connection|getConnection)\b/i

/** Whether a span is a time of waiting, such as for a connection of a pool. */
export function isWaiting(span: Span): boolean {
  return span.kind !== 'server' && (WAITING.test(span.name) || attribute(span, 'sightline.wait') === 'true')
}
