import { Remembered } from '@sightline/secrets'

import { isoTime } from '../log/time.ts'
import type { Printer } from '../printing/printer.ts'
import { toMicroseconds } from '../record/access-fields.ts'
import type { Fields, RequestRecord } from '../seam.ts'
import { fieldsOf, printedError, type Said, type Verdict } from './event.ts'

/** Bounds what an endless variety of clients can make us remember, and what an application with very many routes can. */
const REMEMBERED_TEXTS = 1_000
const REMEMBERED_LENGTH = 512
const REMEMBERED_ROUTES = 2_000
const REMEMBERED_STATUSES = 20

/** The access event as text: one line of JSON, made of the pieces that differ from request to request. */
export type AccessText = (record: RequestRecord, verdict: Verdict, said: Said | undefined) => string

/** A layout other than Sightline's own. */
export interface Layout {
  /** The access event, as text right away. */
  readonly access: AccessText
  /** The fields of any other line, out of those of Sightline's layout. */
  readonly line: (fields: Fields) => Fields
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
      `${toMicroseconds(record.durationMs)},"outcome":"${record.outcome}","request_bytes":${record.requestBytes},"response_bytes":${record.responseBytes}` +
      `,"client_ip":${quoted(clientIp)},"user_agent":${quoted(userAgent)}${rest(record, said, printer)}${tail}`
    )
  }
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

/** What most requests do not have: the handlers' fields, and an error. */
function rest(record: RequestRecord, said: Said | undefined, printer: Printer): string {
  const { error } = record
  const fields = fieldsOf(record, said, printer)
  let text = ''
  for (const name of Object.keys(fields)) text += memberText(name, fields[name])
  if (error !== undefined) text += memberText('err', printedError(record, printer))
  return text
}

/** A member of an object of JSON, with its comma in front. Nothing, where JSON has no text for the value. */
export function memberText(name: string, value: unknown): string {
  const text = JSON.stringify(value)
  return text === undefined ? '' : `,${JSON.stringify(name)}:${text}`
}

/** Remembers what becomes of texts that clients send, unless they are long. */
export function rememberedTexts(
  make: (text: string | undefined) => string,
): (text: string | undefined) => string {
  const short = new Remembered(make, REMEMBERED_TEXTS)
  return (text) => (text !== undefined && text.length > REMEMBERED_LENGTH ? make(text) : short.get(text))
}
