import { LOG_RECORD } from '../../fields.ts'
import type { Interned } from '../interned.ts'
import type { Logs } from '../tables/logs.ts'
import { DELIMITED, FIXED32, FIXED64, tagOf, VARINT } from './cursor.ts'
import type { ReadEntry } from './envelope.ts'
import { addPart, merged } from './merging.ts'
import type { ColumnValues } from './values.ts'

const TIME = tagOf(LOG_RECORD.time, FIXED64)
const OBSERVED_TIME = tagOf(LOG_RECORD.observedTime, FIXED64)
const SEVERITY = tagOf(LOG_RECORD.severityNumber, VARINT)
const SEVERITY_TEXT = tagOf(LOG_RECORD.severityText, DELIMITED)
const BODY = tagOf(LOG_RECORD.body, DELIMITED)
const ATTRIBUTES = tagOf(LOG_RECORD.attributes, DELIMITED)
const DROPPED = tagOf(LOG_RECORD.droppedAttributes, VARINT)
const FLAGS = tagOf(LOG_RECORD.flags, FIXED32)
const TRACE_ID = tagOf(LOG_RECORD.traceId, DELIMITED)
const SPAN_ID = tagOf(LOG_RECORD.spanId, DELIMITED)
const EVENT_NAME = tagOf(LOG_RECORD.eventName, DELIMITED)

/** The highest known `SeverityNumber`. Unknown ones are read as 0. */
const LAST_SEVERITY = 24

/** Creates the function that reads a `LogRecord` into the columns. */
export function logReader(logs: Logs, values: ColumnValues, { strings, limits }: Interned): ReadEntry {
  return (cursor, stop, resource, scope) => {
    if (!logs.roomIn(resource, scope)) return
    const row = logs.rows
    /** Start and end of the body, or of its parts. */
    let from = 0
    let to = 0
    let parts: number[] | undefined
    while (cursor.at < stop) {
      const tag = cursor.tag()
      switch (tag) {
        case ATTRIBUTES:
          values.attribute(cursor, cursor.delimited(stop), logs.attributes)
          break
        case TIME:
          logs.times.put(row, cursor.fixed64(), cursor.high)
          break
        case OBSERVED_TIME:
          logs.observedTimes.put(row, cursor.fixed64(), cursor.high)
          break
        case SEVERITY: {
          const severity = cursor.varint()
          logs.severities[row] = severity <= LAST_SEVERITY ? severity : 0
          break
        }
        case SEVERITY_TEXT: {
          const end = cursor.delimited(stop)
          logs.severityTexts[row] = strings.at(cursor, cursor.at, end)
          cursor.at = end
          break
        }
        case BODY: {
          const end = cursor.delimited(stop)
          if (to > 0) addPart((parts ??= [from, to]), cursor.at, end)
          from = cursor.at
          cursor.at = to = end
          break
        }
        case FLAGS:
          logs.flags[row] = cursor.fixed32()
          break
        case TRACE_ID: {
          const end = cursor.delimited(stop)
          logs.traces.put(row, cursor.bytes, cursor.at, end)
          cursor.at = end
          break
        }
        case SPAN_ID: {
          const end = cursor.delimited(stop)
          logs.spans.put(row, cursor.bytes, cursor.at, end)
          cursor.at = end
          break
        }
        case EVENT_NAME: {
          const end = cursor.delimited(stop)
          logs.eventNames[row] = strings.at(cursor, cursor.at, end)
          cursor.at = end
          break
        }
        case DROPPED:
          logs.droppedAttributes[row] = cursor.varint()
          break
        default:
          cursor.skip(tag, stop)
      }
    }
    cursor.end(stop)
    if (to > 0) {
      const body = parts === undefined ? cursor : merged(cursor, parts)
      if (parts === undefined) cursor.at = from
      const end = parts === undefined ? to : body.bytes.length
      values.value(body, end, limits.bodyBytes, logs.bodyTypes, logs.bodies, row)
    }
    logs.keep()
  }
}
