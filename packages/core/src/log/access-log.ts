import type { Level, Logger } from 'pino'

import { hasFailed } from '../failure.ts'
import type { Fields, RequestRecord } from '../seam.ts'
import { ownSerializer, printedFields } from './call.ts'
import { USER_SERIALIZERS, type ContextLogger } from './context-logger.ts'
import { levelNumber } from './levels.ts'
import { shapeOf } from './line-shape.ts'
import { accessLoggerOf } from './logger.ts'
import type { Printer } from './printer.ts'
import { Remembered } from './remembered.ts'
import type { LogDestination } from './stdout.ts'
import { isoTime } from './time.ts'

/** Bounds what an endless variety of clients can make us remember, and what an application with very many routes can. */
const REMEMBERED_TEXTS = 1_000
const REMEMBERED_LENGTH = 512
const REMEMBERED_ROUTES = 2_000
const REMEMBERED_STATUSES = 20

const NO_NAMES: ReadonlySet<string> = new Set()

/** Writes the access event of a request: the one line that tells how it went. */
export type AccessLog = (record: RequestRecord, said?: Said) => void

/** What is to be said in an access event otherwise than by default, or besides. */
export interface Said {
  readonly level?: Level
  readonly message?: string
  /** Printed already. */
  readonly fields?: Fields
  /** What the framework's logger of the request says in each of its lines: printed and serialised already. */
  readonly bound?: Fields | undefined
}

/** pino's number of the level from which on the event of a request is written. */
export type Threshold = (record: RequestRecord) => number

/** What the access event says of how a request ended. */
interface Verdict {
  readonly level: Level
  readonly message: string
  /** How its line begins and ends. */
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

function verdictOn(record: RequestRecord): Verdict {
  if (hasFailed(record)) return FAILED
  return record.outcome === 'aborted' ? ABORTED : COMPLETED
}

/** What holds once somebody has had a say in it. */
function settledVerdict(record: RequestRecord, said: Said | undefined): Verdict {
  const usual = verdictOn(record)
  if (said?.level === undefined && said?.message === undefined) return usual
  return verdict(said.level ?? usual.level, said.message ?? usual.message)
}

/** Whether a request has neither failed nor been given up by its client. */
export function wentWell(record: RequestRecord): boolean {
  return verdictOn(record) === COMPLETED
}

/** The access event as text: one line of JSON, made of the pieces that differ from request to request. */
export type AccessText = (record: RequestRecord, verdict: Verdict, said: Said | undefined) => string

/**
 * Writes the access event as text, straight to its destination. Through `logger.info({...})` the same line costs 1,240 ns
 * instead of 140, most of it for finding out what never changes.
 */
export function textAccessLog(
  text: AccessText,
  threshold: Threshold,
  destination: LogDestination,
): AccessLog {
  return (record, said) => {
    const settled = said === undefined ? verdictOn(record) : settledVerdict(record, said)
    if (levelNumber(settled.level) < threshold(record)) return
    destination.write(text(record, settled, said))
  }
}

/** The access event in Sightline's own layout. */
export function accessText(service: string, printer: Printer): AccessText {
  const iso = isoTime()
  const base = `,"service":${JSON.stringify(service)},"request_id":"`
  const { routes, quoted } = rememberedPieces(printer)
  return (record, { head, tail }, said) => {
    const { trace, route, status, clientIp, userAgent } = record
    // Few pieces: each one that is joined costs an object.
    return (
      `${head}${iso(record.startedAt + record.durationMs)}"${base}${record.id}","trace_id":"${trace.traceId}","span_id":"${trace.spanId}` +
      `","method":"${record.method}","path":${JSON.stringify(printer.text(record.path))}${routes.get(route).get(status)}` +
      `${microseconds(record.durationMs)},"outcome":"${record.outcome}","request_bytes":${record.requestBytes},"response_bytes":${record.responseBytes}` +
      `,"client_ip":${quoted(clientIp)},"user_agent":${quoted(userAgent)}${rest(record, said, printer)}${tail}`
    )
  }
}

/** Remembers what becomes of texts that clients send, unless they are long. */
export function rememberedTexts(
  make: (text: string | undefined) => string,
): (text: string | undefined) => string {
  const short = new Remembered(make, REMEMBERED_TEXTS)
  return (text) => (text !== undefined && text.length > REMEMBERED_LENGTH ? make(text) : short.get(text))
}

/** The pieces of an access event that come again and again. */
function rememberedPieces(printer: Printer) {
  const quote = (text: string | undefined) =>
    text === undefined ? 'null' : JSON.stringify(printer.text(text))
  return {
    quoted: rememberedTexts(quote),
    /** What a route and a status have in common. */
    routes: new Remembered((route: string | undefined) => {
      const start = `,"route":${quote(route)},"status":`
      const ofStatus = (status: number | undefined) => `${start}${status ?? 'null'},"duration_ms":`
      return new Remembered(ofStatus, REMEMBERED_STATUSES)
    }, REMEMBERED_ROUTES),
  }
}

/** Whether an event of a level is written. */
export type Wanted = (record: RequestRecord, level: Level) => boolean

/**
 * The access event through a pino logger that the application has brought along, in the format and under the names of that
 * logger.
 *
 * @param logger derived from it by `serviceLogger`
 */
export function pinoAccessLog(logger: Logger, isWanted: Wanted, printer: Printer): AccessLog {
  const { [USER_SERIALIZERS]: serializers } = logger as ContextLogger
  const log = accessLoggerOf(logger)
  const shape = shapeOf(logger)
  const ofErrors = ownSerializer(serializers, shape.errorKey) ?? ownSerializer(serializers, 'err')
  // What a rule says of the request and the response has been serialised already.
  const { err: _err, req: _req, res: _res, ...ofFields } = serializers
  const isSerialized = Object.keys(ofFields).length > 0
  return (record, said) => {
    const { level, message } = settledVerdict(record, said)
    if (!isWanted(record, level)) return
    const { id, trace, error } = record
    const shown = (fields: Fields) =>
      isSerialized ? printedFields(fields, ofFields, printer, shape, NO_NAMES) : fields
    log[level](
      {
        request_id: id,
        trace_id: trace.traceId,
        span_id: trace.spanId,
        method: record.method,
        path: printer.text(record.path),
        route: record.route ?? null,
        status: record.status ?? null,
        duration_ms: microseconds(record.durationMs),
        outcome: record.outcome,
        request_bytes: record.requestBytes,
        response_bytes: record.responseBytes,
        client_ip: record.clientIp ?? null,
        user_agent: record.userAgent === undefined ? null : printer.text(record.userAgent),
        ...shown(record.fields),
        ...said?.bound,
        ...(said?.fields && shown(said.fields)),
        ...(error === undefined ? {} : { [shape.errorKey]: printedError(record, printer, ofErrors) }),
      },
      message,
    )
  }
}

/** What an access event says of a request beside its usual names. */
export function fieldsOf({ fields }: RequestRecord, said: Said | undefined): Fields {
  return said ? { ...fields, ...said.bound, ...said.fields } : fields
}

/** What most requests do not have: the handlers' fields, and an error. */
function rest(record: RequestRecord, said: Said | undefined, printer: Printer): string {
  const { error } = record
  const fields = fieldsOf(record, said)
  let text = ''
  for (const name of Object.keys(fields)) text += property(name, fields)
  if (error !== undefined) text += `,"err":${JSON.stringify(printedError(record, printer))}`
  return text
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
  if (verdictOn(record) === FAILED || typeof printed !== 'object' || printed === null) return printed
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

export function property(name: string, fields: Fields): string {
  const value = JSON.stringify(fields[name])
  return value === undefined ? '' : `,${JSON.stringify(name)}:${value}`
}

/** Milliseconds to the microsecond: more digits than that would be noise. */
function microseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
