/** https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/logs/v1/logs.proto */
import { type EncoderOptions, toolsOf } from './encoder.ts'
import type { Scope } from './scope.ts'
import type { Attributes } from './values.ts'
import { field } from './writer.ts'

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

const TIME = field(1, 'timeUnixNano')
const SEVERITY_NUMBER = field(2, 'severityNumber')
const SEVERITY_TEXT = field(3, 'severityText')
const BODY = field(5, 'body')
const ATTRIBUTES = field(6, 'attributes')
const DROPPED = field(7, 'droppedAttributesCount')
const FLAGS = field(8, 'flags')
const TRACE_ID = field(9, 'traceId')
const SPAN_ID = field(10, 'spanId')
const OBSERVED_TIME = field(11, 'observedTimeUnixNano')

/** Creates the encoder of log records. It returns an entry for {@link createBatchEncoder}. */
export function createLogEncoder(
  options: EncoderOptions = {},
): (record: LogRecord, scope: Scope) => Uint8Array {
  const { writer, values, scopes } = toolsOf(options)
  return (record, scope) => {
    const { time, severityNumber, severityText, body, traceFlags, traceId, spanId } = record
    writer.begin(scopes(scope))
    if (time !== undefined) writer.time(TIME, time)
    if (severityNumber) writer.int(SEVERITY_NUMBER, severityNumber)
    if (severityText) writer.text(SEVERITY_TEXT, values.limited(severityText))
    if (body !== undefined) values.value(BODY, body)
    values.attributes(ATTRIBUTES, record.attributes)
    if (record.droppedAttributesCount) writer.int(DROPPED, record.droppedAttributesCount)
    if (traceFlags) writer.fixed32(FLAGS, traceFlags & 0xff)
    if (traceId !== undefined) writer.hex(TRACE_ID, traceId)
    if (spanId !== undefined) writer.hex(SPAN_ID, spanId)
    writer.time(OBSERVED_TIME, record.observedTime)
    return writer.finish()
  }
}
