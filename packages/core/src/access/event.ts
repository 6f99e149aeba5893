/** The content of an access event besides the fields of the request's record. */
import type { Level } from 'pino'

import type { Printer } from '../printing/printer.ts'
import { ACCESS_FIELDS, type AccessField, accessFields } from '../record/access-fields.ts'
import { hasFailed } from '../record/failure.ts'
import type { Exchange, Fields, RequestRecord } from '../seam.ts'
import type { KeptBodies } from './bodies.ts'

/** Changes and additions to a default access event. */
export interface Said {
  readonly level?: Level
  readonly message?: string
  /** Already printed. */
  readonly fields?: Fields
  /** The bindings of the framework's request logger, already serialised and printed. */
  readonly bound?: Fields | undefined
}

/** The data of a request that rules get besides its record. */
export interface RuledRequest {
  readonly exchange: Exchange
  readonly bodies: KeptBodies | undefined
}

/** Why a request has no event: the application excludes it, or sampling leaves it out. */
export type NoEvent = 'unwanted' | 'left out'

/**
 * A rule that changes events.
 *
 * @param said the result of the earlier rules
 */
export type Rule = (record: RequestRecord, request: RuledRequest, said: Said) => Said | NoEvent

/** The level and message of an access event. */
export interface Verdict {
  readonly level: Level
  readonly message: string
  /** The begin and end of its line in Sightline's own layout. */
  readonly head: string
  readonly tail: string
}

const COMPLETED = verdict('info', 'request completed')
const FAILED = verdict('error', 'request failed')
const ABORTED = verdict('warn', 'request aborted')

function verdict(level: Level, message: string): Verdict {
  return {
    level,
    message,
    head: `{"level":"${level}","time":"`,
    tail: `,"msg":${JSON.stringify(message)}}\n`,
  }
}

/** The level and message of a request's event: the defaults for its outcome, unless a rule has set others. */
export function verdictOn(record: RequestRecord, said: Said | undefined): Verdict {
  const usual = hasFailed(record) ? FAILED : record.outcome === 'aborted' ? ABORTED : COMPLETED
  if (said?.level === undefined && said?.message === undefined) return usual
  return verdict(said.level ?? usual.level, said.message ?? usual.message)
}

/** The fields that each layout writes at a fixed position of a prepared text. */
const PLACED: readonly AccessField[] = [
  'request_id',
  'trace_id',
  'span_id',
  'method',
  'path',
  'route',
  'status',
  'duration_ms',
  'outcome',
  'request_bytes',
  'response_bytes',
  'client_ip',
  'user_agent',
]
const UNPLACED = ACCESS_FIELDS.filter((name) => !PLACED.includes(name))

/** The fields of an access event without a fixed position in the layouts: they are written with the application's. */
export function fieldsOf(record: RequestRecord, said: Said | undefined, printer: Printer): Fields {
  const { fields } = record
  if (UNPLACED.length === 0) return said ? { ...fields, ...said.bound, ...said.fields } : fields
  const all = accessFields(record, printer)
  const unplaced = Object.fromEntries(UNPLACED.map((name) => [name, all[name]]))
  return { ...unplaced, ...fields, ...said?.bound, ...said?.fields }
}

/** Prints the error of a request. An error for the client (404, 422) is no failure, so its stack is omitted. */
export function printedError(
  record: RequestRecord,
  printer: Printer,
  serializer?: (error: unknown) => unknown,
): unknown {
  const printed = serializer
    ? serializedError(record.error, serializer, printer)
    : printer.value(record.error)
  if (hasFailed(record) || typeof printed !== 'object' || printed === null) return printed
  const { stack: _stack, ...shown } = printed as Fields
  return shown
}

/** Prints an error with the application's serializer. If the serializer throws, the printer reports this. */
function serializedError(error: unknown, serializer: (error: unknown) => unknown, printer: Printer): unknown {
  const { serialized } = printer.fields({
    get serialized() {
      return serializer(error)
    },
  })
  return serialized
}
