import type { Level, Logger } from 'pino'

import { ownSerializer, printedFields } from '../log/call.ts'
import { type ContextLogger, USER_SERIALIZERS } from '../log/context-logger.ts'
import { levelNumber } from '../log/levels.ts'
import { accessLoggerOf } from '../log/logger.ts'
import type { LogDestination } from '../options/rules.ts'
import { shapeOf } from '../pino/line-shape.ts'
import type { Printer } from '../printing/printer.ts'
import { ACCESS_FIELDS, type AccessValue } from '../record/access-fields.ts'
import type { Fields, RequestRecord } from '../seam.ts'
import type { AccessText } from './access-text.ts'
import { printedError, type Said, verdictOn } from './event.ts'

const NO_NAMES: ReadonlySet<string> = new Set()

/** Writes the access event of a request: the one line that tells how it went. */
export type AccessLog = (record: RequestRecord, said?: Said) => void

/** pino's number of the level from which on the event of a request is written. */
export type Threshold = (record: RequestRecord) => number

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
    const verdict = verdictOn(record, said)
    if (levelNumber(verdict.level) < threshold(record)) return
    destination.write(text(record, verdict, said))
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
  const shown = (fields: Fields) =>
    isSerialized ? printedFields(fields, ofFields, printer, shape, NO_NAMES) : fields
  const names = ACCESS_FIELDS.map(({ name }) => name)
  const readings = ACCESS_FIELDS.map((field) => masked(field, printer))
  // Copied for each event: an object to which names are added one by one is made more slowly.
  const nothing: Fields = Object.fromEntries(names.map((name) => [name, null]))
  return (record, said) => {
    const { level, message } = verdictOn(record, said)
    if (!isWanted(record, level)) return
    const event = { ...nothing }
    // Both lists are as long.
    for (let at = 0; at < names.length; at++)
      event[names[at] as string] = (readings[at] as (record: RequestRecord) => unknown)(record)
    Object.assign(event, shown(record.fields), said?.bound, said?.fields && shown(said.fields))
    if (record.error !== undefined) event[shape.errorKey] = printedError(record, printer, ofErrors)
    log[level](event, message)
  }
}

/** Reads a value as it is shown. */
function masked(value: AccessValue, printer: Printer): (record: RequestRecord) => unknown {
  if (value.kind === 'path') return (record) => printer.text(value.of(record))
  if (value.kind !== 'text') return value.of
  return (record) => {
    const text = value.of(record)
    return text === null ? null : printer.remembered(text)
  }
}
