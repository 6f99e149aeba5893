import { boundFields, boundTo } from '../log/logger.ts'
import { type KeptLines, quietKeeping } from '../log/quiet-lines.ts'
import type { LogSettings } from '../log/service-log.ts'
import type { IgnoreRule } from '../options/rules.ts'
import { besideEvent } from '../printing/printer.ts'
import { pathPatterns } from '../record/path.ts'
import { predecessorOf } from '../request/predecessor.ts'
import type { Late, ObservedRequest, RequestSink } from '../request/sinks.ts'
import type { Exchange, FaultReporter, Fields, NodeRequest, RequestRecord } from '../seam.ts'
import type { Family } from '../series/family.ts'
import { accessEventRules } from './access-events.ts'
import type { KeptBodies } from './bodies.ts'
import { eventWriter, type EventWriterSetup } from './event-writer.ts'
import { FollowUps } from './follow-ups.ts'
import { createMessages } from './messages.ts'
import { LeftOut } from './sampling.ts'

export interface AccessSinkSetup extends EventWriterSetup {
  readonly settings: LogSettings
}

/** The access log's data in the log's slot of a request. */
interface Kept extends KeptLines {
  /** Whether Sightline writes the access event: no other library does, and `ignore` does not exclude the request. */
  readonly hasEvent: boolean
  readonly bodies: KeptBodies | undefined
}

/** The sink that writes the event of each request, its debug lines if it failed, and its late fields and errors. */
export interface AccessSink extends Required<RequestSink> {
  readonly families: readonly Family[]
  /** Writes late fields and errors that are still buffered. */
  flush(): void
}

/** Makes the access log of one Sightline. */
export function createAccessSink({ service, settings, printer, log, layout }: AccessSinkSetup): AccessSink {
  const { fault } = log
  const isSilent = pathPatterns(settings.ignoredPaths)
  const quietLines = settings.quiet && quietKeeping(settings.quiet)
  const messages = createMessages(settings, printer)
  const rules = accessEventRules(settings, { printer, fault, messages: messages?.rule })
  const leftOut = new LeftOut()
  const followUps = new FollowUps({ printer, loggerFor: (scope) => boundTo(scope, log.voice()) })
  const write = eventWriter({ service, printer, log, layout })

  /** The bindings of the framework's request logger, except under names of the access event. */
  function boundBy(exchange: Exchange): Fields | undefined {
    try {
      const bound = boundFields(exchange.log?.())
      // Bindings of the whole service are already part of every event.
      return bound && bound !== boundFields(log.current()) ? besideEvent(bound) : undefined
    } catch (error) {
      fault("the adapter's log", error)
      return undefined
    }
  }

  /** Writes the event of a request, unless a rule excludes it. */
  function tell(record: RequestRecord, exchange: Exchange, kept: Kept | undefined, lost: number): void {
    const bound = boundBy(exchange)
    const ruled = rules?.(record, { exchange, bodies: kept?.bodies })
    // Late fields and errors of a sampled-out request are still written, because no other line has them.
    if (ruled === 'left out') leftOut.add()
    else if (ruled === 'unwanted') followUps.leaveOut(record)
    else if (ruled === undefined && bound === undefined && lost === 0) write(record, undefined)
    else {
      const fields = lost > 0 ? { ...ruled?.fields, debug_lines_lost: lost } : ruled?.fields
      write(record, { ...ruled, bound, ...(fields && { fields }) })
    }
  }

  return {
    name: 'access log',
    families: settings.sample ? [leftOut.family()] : [],
    begin(request) {
      const hasEvent = isOurs(request.exchange.req, settings.ignore, fault)
      const quiet = quietLines?.begin()
      const bodies = messages?.keep?.()
      if (bodies) request.hearBodies(bodies)
      if (hasEvent && quiet === undefined && bodies === undefined) return
      const kept: Kept = { hasEvent, quiet, bodies }
      request.logged = kept
    },
    write(record, request) {
      const kept = keptOf(request)
      let lost = 0
      try {
        if (quietLines && kept?.quiet) lost = quietLines.end(kept.quiet, record)
      } finally {
        if ((kept?.hasEvent ?? true) && settings.access && !isSilent(record.path))
          tell(record, request.exchange, kept, lost)
        else followUps.leaveOut(record)
      }
    },
    late(record: RequestRecord, late: Late) {
      if ('fields' in late) followUps.add(record, late.fields)
      else followUps.fail(record, late.error)
    },
    flush: followUps.flush,
  }
}

/** The data from the begin of the request. Absent: the defaults. */
function keptOf({ logged }: ObservedRequest): Kept | undefined {
  // Only the log writes this slot.
  return logged as Kept | undefined
}

/** Whether Sightline writes the access event of a request. */
function isOurs(req: NodeRequest, ignore: IgnoreRule | undefined, fault: FaultReporter): boolean {
  // pino-http already logs the end of this request.
  if (predecessorOf(req).allLogs !== undefined) return false
  try {
    return ignore === undefined || ignore(req) !== true
  } catch (error) {
    fault('option log.ignore', error)
    return true
  }
}
