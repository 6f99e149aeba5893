import type { RequestRecord } from '../seam.ts'

/** Masks the texts of a client. */
interface Masks {
  text(text: string): string
  /** The same, cached, for a text that many requests share. */
  remembered(text: string): string
}

/**
 * The fields of each access event besides `level`, `time`, `service` and `msg`, in their order. To add a field, add one
 * line here: all loggers and layouts then write it, its name is reserved, and the conformance suite expects it.
 */
export function accessFields(record: RequestRecord, masks: Masks) {
  const { trace, route, clientIp, userAgent } = record
  return {
    request_id: record.id,
    trace_id: trace.traceId,
    span_id: trace.spanId,
    method: record.method,
    path: masks.text(record.path),
    route: route === undefined ? null : masks.remembered(route),
    status: record.status ?? null,
    duration_ms: toMicroseconds(record.durationMs),
    outcome: record.outcome,
    request_bytes: record.requestBytes,
    response_bytes: record.responseBytes,
    client_ip: clientIp === undefined ? null : masks.remembered(clientIp),
    user_agent: userAgent === undefined ? null : masks.remembered(userAgent),
  }
}

/** The name of one of these fields. */
export type AccessField = keyof ReturnType<typeof accessFields>

const same = (text: string) => text

/** The names of these fields. */
export const ACCESS_FIELDS = Object.keys(
  // Only the names are read.
  accessFields({ trace: {} } as RequestRecord, { text: same, remembered: same }),
) as readonly AccessField[]

/** The names of Sightline's fields in any line. An application's field of such a name gets an underscore appended. */
export const LINE_FIELDS: readonly string[] = [
  'time',
  'level',
  'msg',
  'service',
  'request_id',
  'trace_id',
  'span_id',
]

/** The names that only some access events have. */
export const OCCASIONAL_FIELDS: readonly string[] = [
  'debug_lines_lost',
  'sample_weight',
  'request_headers',
  'response_headers',
  'request_body',
  'response_body',
  'err',
]

/** Rounds milliseconds to microseconds. Further digits would be noise. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
