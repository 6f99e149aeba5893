import type { LogColumns, SpanColumns } from '@sightline/otlp'

/** An exception of a span or a log record, as the error groups count it. */
export interface ExceptionRow {
  /** Row of the span or log record in the columns. */
  readonly row: number
  /** See `docs/hub.md`: version of the algorithm and a hash of type, message without values, and top frames of the application. */
  readonly fingerprint: string
  /** Nanoseconds since 1970. */
  readonly time: bigint
  readonly type: string
  readonly message: string
  readonly stack: string
  /** `service.version` of the resource. */
  readonly version: string
  /** The route or the name of the span. */
  readonly route: string
  /** `enduser.id` or `user.id`. Empty where unknown. */
  readonly user: string
}

/** Writes spans and log records. All calls are synchronous and belong to one ingest thread. Events are durable after `commit`. */
export interface EventWriter {
  spans(columns: SpanColumns, exceptions: readonly ExceptionRow[]): void
  logs(columns: LogColumns, exceptions: readonly ExceptionRow[]): void
  /** Makes durable what was added since the last commit. */
  commit(): void
  /** Forgets what was added since the last commit: after an error of the disk. */
  rollback(): void
  close(): void
}

/** A span as it was received. Times in nanoseconds since 1970, ids in lower-case hex. */
export interface StoredSpan {
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root. */
  readonly parentSpanId: string
  readonly traceState: string
  readonly flags: number
  readonly name: string
  /** `SpanKind` of OTLP. */
  readonly kind: number
  readonly start: bigint
  readonly end: bigint
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number
  readonly statusMessage: string
  readonly attributes: StoredAttributes
  readonly droppedAttributes: number
  readonly events: readonly StoredEvent[]
  readonly droppedEvents: number
  readonly links: readonly StoredLink[]
  readonly droppedLinks: number
  readonly resource: StoredResource
  readonly scope: StoredScope
}

/** Values as plain data. Integers beyond 2^53 are bigints, bytes are Uint8Arrays. */
export type StoredValue =
  | string
  | number
  | boolean
  | bigint
  | Uint8Array
  | null
  | readonly StoredValue[]
  | {
      readonly [key: string]: StoredValue
    }
export type StoredAttributes = Readonly<Record<string, StoredValue>>

export interface StoredEvent {
  readonly time: bigint
  readonly name: string
  readonly attributes: StoredAttributes
  readonly droppedAttributes: number
}

export interface StoredLink {
  readonly traceId: string
  readonly spanId: string
  readonly traceState: string
  readonly flags: number
  readonly attributes: StoredAttributes
  readonly droppedAttributes: number
}

export interface StoredResource {
  readonly attributes: StoredAttributes
  readonly droppedAttributes: number
  readonly schemaUrl: string
}

export interface StoredScope {
  readonly name: string
  readonly version: string
  readonly attributes: StoredAttributes
  readonly droppedAttributes: number
  readonly schemaUrl: string
}

/** A log record as it was received, with its place in the store. */
export interface StoredLog {
  /** Place in the order of all log records: opaque, for `before`, `after` and `around` of a {@link LogSearch}. */
  readonly cursor: string
  readonly time: bigint
  readonly observedTime: bigint
  /** `SeverityNumber` of OTLP. */
  readonly severity: number
  readonly severityText: string
  readonly body: StoredValue
  readonly attributes: StoredAttributes
  readonly droppedAttributes: number
  readonly flags: number
  /** Empty without a trace. */
  readonly traceId: string
  readonly spanId: string
  readonly eventName: string
  readonly resource: StoredResource
  readonly scope: StoredScope
}
