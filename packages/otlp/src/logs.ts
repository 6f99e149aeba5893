/** https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/logs/v1/logs.proto */
import { type EncoderOptions, toolsOf } from './encoder.ts'
import { LOG_RECORD } from './fields.ts'
import type { Scope } from './scope.ts'
import type { Attributes } from './values.ts'

/** A parsed log line. */
export interface LogRecord {
  /** When the event happened, in milliseconds since the epoch. `undefined` if unknown. */
  readonly time?: number | undefined
  /** When the event was collected. */
  readonly observedTime: number
  /** 1 (trace) to 24 (fatal): https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
  readonly severityNumber?: number | undefined
  /** The level as the source names it. */
  readonly severityText?: string | undefined
  /** A string or any other value. */
  readonly body: unknown
  readonly attributes: Attributes
  readonly droppedAttributesCount?: number | undefined
  /** 32 hexadecimal digits. */
  readonly traceId?: string | undefined
  /** 16 hexadecimal digits. */
  readonly spanId?: string | undefined
  /** The trace flags of W3C Trace Context: 1 is sampled. */
  readonly traceFlags?: number | undefined
}

/** Creates the encoder of log records. It returns an entry for {@link createBatchEncoder}. */
export function createLogEncoder(
  options: EncoderOptions = {},
): (record: LogRecord, scope: Scope) => Uint8Array {
  const { writer, values, scopes } = toolsOf(options)
  return (record, scope) => {
    const { time, severityNumber, severityText, body, traceFlags, traceId, spanId } = record
    writer.begin(scopes(scope))
    if (time !== undefined) writer.time(LOG_RECORD.time, time)
    if (severityNumber) writer.int(LOG_RECORD.severityNumber, severityNumber)
    if (severityText) writer.text(LOG_RECORD.severityText, values.limited(severityText))
    if (body !== undefined) values.value(LOG_RECORD.body, body)
    values.attributes(LOG_RECORD.attributes, record.attributes)
    if (record.droppedAttributesCount) writer.int(LOG_RECORD.droppedAttributes, record.droppedAttributesCount)
    if (traceFlags) writer.fixed32(LOG_RECORD.flags, traceFlags & 0xff)
    if (traceId !== undefined) writer.hex(LOG_RECORD.traceId, traceId)
    if (spanId !== undefined) writer.hex(LOG_RECORD.spanId, spanId)
    writer.time(LOG_RECORD.observedTime, record.observedTime)
    return writer.finish()
  }
}
