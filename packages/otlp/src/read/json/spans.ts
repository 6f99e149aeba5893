import { EVENT, LINK, SPAN, STATUS } from '../../fields.ts'
import type { Interned } from '../interned.ts'
import type { Spans } from '../tables/spans.ts'
import type { ReadMessage } from './envelope.ts'
import { enumIn, putId, putTime, wordIn } from './numbers.ts'
import { type Message, messageIn, messagesIn, textIn } from './tree.ts'
import type { JsonValues } from './values.ts'

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (kind) => `SPAN_KIND_${kind}`,
)
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`)

const PARENT = /^[\da-f]{16}$/i

/** Creates the function that reads a span into the columns. */
export function spanReader(spans: Spans, values: JsonValues, { strings }: Interned): ReadMessage {
  const { events, links } = spans

  function event(message: Message): void {
    if (!events.room()) return
    const at = events.size
    putTime(message, EVENT.time, events.times, at)
    events.names[at] = strings.of(textIn(message, EVENT.name))
    values.attributes(message, EVENT.attributes, events.attributes)
    events.droppedAttributes[at] = wordIn(message, EVENT.droppedAttributes)
    events.keep()
  }

  function link(message: Message): void {
    if (!links.room()) return
    const at = links.size
    const hasTrace = putId(message, LINK.traceId, links.traces, at)
    const hasSpan = putId(message, LINK.spanId, links.spans, at)
    links.traceStates[at] = strings.of(textIn(message, LINK.traceState))
    values.attributes(message, LINK.attributes, links.attributes)
    links.droppedAttributes[at] = wordIn(message, LINK.droppedAttributes)
    links.flags[at] = wordIn(message, LINK.flags)
    links.keep(hasTrace && hasSpan)
  }

  return (message, resource, scope) => {
    if (!spans.roomIn(resource, scope)) return
    const row = spans.rows
    const hasTrace = putId(message, SPAN.traceId, spans.traces, row)
    const hasSpan = putId(message, SPAN.spanId, spans.spans, row)
    putId(message, SPAN.parentSpanId, spans.parents, row)
    const parent = textIn(message, SPAN.parentSpanId)
    spans.traceStates[row] = strings.of(textIn(message, SPAN.traceState))
    spans.names[row] = strings.of(textIn(message, SPAN.name))
    spans.kinds[row] = enumIn(message, SPAN.kind, KINDS)
    putTime(message, SPAN.startTime, spans.starts, row)
    putTime(message, SPAN.endTime, spans.ends, row)
    spans.flags[row] = wordIn(message, SPAN.flags)
    const status = messageIn(message, SPAN.status)
    if (status !== undefined) {
      spans.statusCodes[row] = enumIn(status, STATUS.code, STATUS_CODES)
      spans.statusMessages[row] = strings.of(textIn(status, STATUS.message))
    }
    values.attributes(message, SPAN.attributes, spans.attributes)
    spans.droppedAttributes[row] = wordIn(message, SPAN.droppedAttributes)
    for (const one of messagesIn(message, SPAN.events)) event(one)
    spans.droppedEvents[row] = wordIn(message, SPAN.droppedEvents)
    for (const one of messagesIn(message, SPAN.links)) link(one)
    spans.droppedLinks[row] = wordIn(message, SPAN.droppedLinks)
    spans.keep(hasTrace, hasSpan, parent === '' || PARENT.test(parent))
  }
}
