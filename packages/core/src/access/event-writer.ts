import type { Level, Logger } from 'pino'

import { ownLevel } from '../log/logger.ts'
import type { ServiceLog } from '../log/service-log.ts'
import { orderOf } from '../pino/line-shape.ts'
import type { Printer } from '../printing/printer.ts'
import type { RequestRecord } from '../seam.ts'
import { type AccessLog, pinoAccessLog, textAccessLog } from './access-log.ts'
import { accessText, type Layout } from './access-text.ts'
import { shownAs } from './layout.ts'

export interface EventWriterSetup {
  readonly service: string
  readonly printer: Printer
  readonly log: ServiceLog
  /** Absent: the event has Sightline's own layout. */
  readonly layout: Layout | undefined
}

/** Makes the writer of access events for the current logger of the service. */
export function eventWriter(setup: EventWriterSetup): AccessLog {
  const { log } = setup
  let logger = log.current()
  let access = accessLogOf(logger, setup)
  return (record, said) => {
    // The service may have adopted a framework's logger since the last event.
    if (log.current() !== logger) {
      logger = log.current()
      access = accessLogOf(logger, setup)
    }
    access(record, said)
  }
}

function accessLogOf(logger: Logger, { service, printer, log, layout }: EventWriterSetup): AccessLog {
  const { levels } = log
  if (log.isForeign()) return foreignAccessLog(logger, log, printer)
  const text = accessText(service, printer)
  const threshold = ({ path, route }: RequestRecord) =>
    levels.ofRequest(path, route)?.value ?? ownLevel(logger).value
  return layout
    ? textAccessLog(shownAs(text, layout, log.lines), threshold, log.plain)
    : textAccessLog(text, threshold, log.destination)
}

function foreignAccessLog(logger: Logger, { levels }: ServiceLog, printer: Printer): AccessLog {
  const { writes, valueOf } = orderOf(logger)
  const isWanted = ({ path, route }: RequestRecord, level: Level) => {
    const ofRequest = levels.ofRequest(path, route)
    return writes(valueOf(level), ofRequest ? valueOf(ofRequest.level) : ownLevel(logger).value)
  }
  return pinoAccessLog(logger, isWanted, printer)
}
