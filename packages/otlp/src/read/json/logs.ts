import { LOG_RECORD } from '../../fields.ts'
import type { Interned } from '../interned.ts'
import type { Logs } from '../tables/logs.ts'
import type { ReadMessage } from './envelope.ts'
import { enumIn, putId, putTime, wordIn } from './numbers.ts'
import { messageIn, textIn } from './tree.ts'
import type { JsonValues } from './values.ts'

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
const SEVERITIES = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...LEVELS.flatMap((level) => ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${level}${step}`)),
]

/** Creates the function that reads a log record into the columns. */
export function logReader(logs: Logs, values: JsonValues, { strings, limits }: Interned): ReadMessage {
  return (message, resource, scope) => {
    if (!logs.roomIn(resource, scope)) return
    const row = logs.rows
    putTime(message, LOG_RECORD.time, logs.times, row)
    putTime(message, LOG_RECORD.observedTime, logs.observedTimes, row)
    logs.severities[row] = enumIn(message, LOG_RECORD.severityNumber, SEVERITIES)
    logs.severityTexts[row] = strings.of(textIn(message, LOG_RECORD.severityText))
    const place = { types: logs.bodyTypes, numbers: logs.bodies, at: row }
    values.value(messageIn(message, LOG_RECORD.body), limits.bodyBytes, place)
    values.attributes(message, LOG_RECORD.attributes, logs.attributes)
    logs.droppedAttributes[row] = wordIn(message, LOG_RECORD.droppedAttributes)
    logs.flags[row] = wordIn(message, LOG_RECORD.flags)
    putId(message, LOG_RECORD.traceId, logs.traces, row)
    putId(message, LOG_RECORD.spanId, logs.spans, row)
    logs.eventNames[row] = strings.of(textIn(message, LOG_RECORD.eventName))
    logs.keep()
  }
}
