import { isoTime } from '../log/time.ts'
import type { Printer } from '../printing/printer.ts'
import { ACCESS_FIELDS } from '../record/access-fields.ts'
import type { Fields, RequestRecord } from '../seam.ts'
import { fieldsOf, printedError, type Said, type Verdict } from './event.ts'
import { flat, preparedMembers } from './fragments.ts'

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
  const base = `","service":${JSON.stringify(service)}`
  const members = preparedMembers(flat(ACCESS_FIELDS), { printer, absent: 'null' })
  return (record, { head, tail }, said) =>
    members(record, head + iso(record.startedAt + record.durationMs) + base) +
    rest(record, said, printer) +
    tail
}

/** What most requests do not have: the handlers' fields, and an error. */
function rest(record: RequestRecord, said: Said | undefined, printer: Printer): string {
  const { error } = record
  const fields = fieldsOf(record, said)
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
