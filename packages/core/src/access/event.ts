/** What the access event of a request says beside the fields of its record. */
import type { Level } from 'pino'

import type { Printer } from '../printing/printer.ts'
import { ACCESS_FIELDS, type AccessField, accessFields } from '../record/access-fields.ts'
import { hasFailed } from '../record/failure.ts'
import type { Exchange, Fields, RequestRecord } from '../seam.ts'
import type { KeptBodies } from './bodies.ts'

/** What is to be said in an access event otherwise than by default, or besides. */
export interface Said {
  readonly level?: Level
  readonly message?: string
  /** Printed already. */
  readonly fields?: Fields
  /** What the framework's logger of the request says in each of its lines: printed and serialised already. */
  readonly bound?: Fields | undefined
}

/** What the rules of events are told of a request besides its record. */
export interface RuledRequest {
  readonly exchange: Exchange
  /** Absent: no bodies were kept. */
  readonly bodies: KeptBodies | undefined
}

/** Why a request has no event: the application wants none, or sampling has left it out. */
export type NoEvent = 'unwanted' | 'left out'

/**
 * A rule by which events differ from the usual.
 *
 * @param said what the rules before it have settled
 */
export type Rule = (record: RequestRecord, request: RuledRequest, said: Said) => Said | NoEvent

/** What the access event says of how a request ended. */
export interface Verdict {
  readonly level: Level
  readonly message: string
  /** How its line begins and ends in Sightline's own layout. */
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

/** The level and message of a request's event: those of its outcome, unless a rule has set others. */
export function verdictOn(record: RequestRecord, said: Said | undefined): Verdict {
  const usual = hasFailed(record) ? FAILED : record.outcome === 'aborted' ? ABORTED : COMPLETED
  if (said?.level === undefined && said?.message === undefined) return usual
  return verdict(said.level ?? usual.level, said.message ?? usual.message)
}

/** The fields for which each layout has prepared a place of its own: only values are put into it for each request. */
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

/** The fields of an access event for which layouts have no place of their own: they stand among the application's. */
export function fieldsOf(record: RequestRecord, said: Said | undefined, printer: Printer): Fields {
  const { fields } = record
  if (UNPLACED.length === 0) return said ? { ...fields, ...said.bound, ...said.fields } : fields
  const all = accessFields(record, printer)
  const unplaced = Object.fromEntries(UNPLACED.map((name) => [name, all[name]]))
  return { ...unplaced, ...fields, ...said?.bound, ...said?.fields }
}

/** An error that was meant for the client (404, 422) is no failure: where it was made is of no interest. */
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

/** An error as the application's serializer has it. Where that throws, the printer says so. */
function serializedError(error: unknown, serializer: (error: unknown) => unknown, printer: Printer): unknown {
  const { serialized } = printer.fields({
    get serialized() {
      return serializer(error)
    },
  })
  return serialized
}
