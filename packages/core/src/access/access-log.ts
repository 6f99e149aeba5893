import type { Level, Logger } from 'pino'

import { ownSerializer, printedFields } from '../log/call.ts'
import { type ContextLogger, USER_SERIALIZERS } from '../log/context-logger.ts'
import { levelNumber } from '../log/levels.ts'
import { accessLoggerOf } from '../log/logger.ts'
import type { LogDestination } from '../options/rules.ts'
import { shapeOf } from '../pino/line-shape.ts'
import type { Printer } from '../printing/printer.ts'
import { accessFields } from '../record/access-fields.ts'
import type { Fields, RequestRecord } from '../seam.ts'
import type { AccessText } from './access-text.ts'
import { printedError, type Said, verdictOn } from './event.ts'

const NO_NAMES: ReadonlySet<string> = new Set()

/** Writes the access event of a request: one line with its outcome. */
export type AccessLog = (record: RequestRecord, said?: Said) => void

/** pino's number of the lowest level at which a request's event is written. */
export type Threshold = (record: RequestRecord) => number

/**
 * Writes the access event as text, directly to its destination. The same line costs 1,240 ns through
 * `logger.info({...})` and 140 ns here, because pino would compute the constant parts again for each line.
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
 * Writes the access event through a pino logger of the application, in that logger's format and under its names.
 *
 * @param logger derived from the application's by `serviceLogger`
 */
export function pinoAccessLog(logger: Logger, isWanted: Wanted, printer: Printer): AccessLog {
  const { [USER_SERIALIZERS]: serializers } = logger as ContextLogger
  const log = accessLoggerOf(logger)
  const shape = shapeOf(logger)
  const ofErrors = ownSerializer(serializers, shape.errorKey) ?? ownSerializer(serializers, 'err')
  // Rules have already serialised the request, the response and the error.
  const { err: _err, req: _req, res: _res, ...ofFields } = serializers
  const isSerialized = Object.keys(ofFields).length > 0
  const shown = (fields: Fields) =>
    isSerialized ? printedFields(fields, ofFields, printer, shape, NO_NAMES) : fields
  return (record, said) => {
    const { level, message } = verdictOn(record, said)
    if (!isWanted(record, level)) return
    const event: Fields = accessFields(record, printer)
    add(event, shown(record.fields))
    if (said?.bound) add(event, said.bound)
    if (said?.fields) add(event, shown(said.fields))
    if (record.error !== undefined) event[shape.errorKey] = printedError(record, printer, ofErrors)
    log[level](event, message)
  }
}

/** Adds fields in place. Spreading would make a new object, even for the many requests without fields. */
function add(event: Fields, fields: Fields): void {
  for (const name of Object.keys(fields)) event[name] = fields[name]
}
