import type { Encoding } from '../writer.ts'
import type { LogColumns, MetricColumns, SpanColumns } from './columns.ts'

/** Limits of a reader. What exceeds them is shortened or left out, counted, and told in `reason`. */
export interface ReaderLimits {
  /** Longest text of an attribute, a name or a message, in bytes. */
  readonly valueBytes?: number | undefined
  /** Longest body of a log record, in bytes. */
  readonly bodyBytes?: number | undefined
  /** Most attributes of one item. */
  readonly attributes?: number | undefined
  /** Most events of a span. */
  readonly events?: number | undefined
  /** Most links of a span. */
  readonly links?: number | undefined
  /** Most items of one request: spans, log records or metric points. The others are rejected. */
  readonly items?: number | undefined
}

/**
 * Reads export requests of OTLP, in protobuf or JSON, into columns. A reader belongs to one thread. Its columns are valid until
 * its next call.
 */
export interface Reader {
  /** @throws {OtlpError} for a body that cannot be decoded. */
  spans(body: Uint8Array, encoding: Encoding): SpanColumns
  /** @throws {OtlpError} for a body that cannot be decoded. */
  logs(body: Uint8Array, encoding: Encoding): LogColumns
  /** @throws {OtlpError} for a body that cannot be decoded. */
  metrics(body: Uint8Array, encoding: Encoding): MetricColumns
}

/** A body that is not an export request. Its message is one sentence for the client. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError'
}
