import { EVENT, LINK, SPAN, STATUS } from '../../fields.ts'
import type { Interned } from '../interned.ts'
import type { Spans } from '../tables/spans.ts'
import { type Cursor, DELIMITED, FIXED32, FIXED64, tagOf, VARINT } from './cursor.ts'
import type { ReadEntry } from './envelope.ts'
import type { ColumnValues } from './values.ts'

const TRACE_ID = tagOf(SPAN.traceId, DELIMITED)
const SPAN_ID = tagOf(SPAN.spanId, DELIMITED)
const TRACE_STATE = tagOf(SPAN.traceState, DELIMITED)
const PARENT_ID = tagOf(SPAN.parentSpanId, DELIMITED)
const NAME = tagOf(SPAN.name, DELIMITED)
const KIND = tagOf(SPAN.kind, VARINT)
const START = tagOf(SPAN.startTime, FIXED64)
const END = tagOf(SPAN.endTime, FIXED64)
const ATTRIBUTES = tagOf(SPAN.attributes, DELIMITED)
const DROPPED_ATTRIBUTES = tagOf(SPAN.droppedAttributes, VARINT)
const EVENTS = tagOf(SPAN.events, DELIMITED)
const DROPPED_EVENTS = tagOf(SPAN.droppedEvents, VARINT)
const LINKS = tagOf(SPAN.links, DELIMITED)
const DROPPED_LINKS = tagOf(SPAN.droppedLinks, VARINT)
const STATUS_FIELD = tagOf(SPAN.status, DELIMITED)
const FLAGS = tagOf(SPAN.flags, FIXED32)

const EVENT_TIME = tagOf(EVENT.time, FIXED64)
const EVENT_NAME = tagOf(EVENT.name, DELIMITED)
const EVENT_ATTRIBUTES = tagOf(EVENT.attributes, DELIMITED)
const EVENT_DROPPED = tagOf(EVENT.droppedAttributes, VARINT)

const LINK_TRACE_ID = tagOf(LINK.traceId, DELIMITED)
const LINK_SPAN_ID = tagOf(LINK.spanId, DELIMITED)
const LINK_TRACE_STATE = tagOf(LINK.traceState, DELIMITED)
const LINK_ATTRIBUTES = tagOf(LINK.attributes, DELIMITED)
const LINK_DROPPED = tagOf(LINK.droppedAttributes, VARINT)
const LINK_FLAGS = tagOf(LINK.flags, FIXED32)

const STATUS_MESSAGE = tagOf(STATUS.message, DELIMITED)
const STATUS_CODE = tagOf(STATUS.code, VARINT)

/** The highest known `SpanKind` and `StatusCode`. Unknown ones are read as 0. */
const LAST_KIND = 5
const LAST_STATUS = 2

/** Creates the function that reads a `Span` into the columns. */
export function spanReader(spans: Spans, values: ColumnValues, { strings }: Interned): ReadEntry {
  const { attributes, events, links } = spans

  function span(cursor: Cursor, stop: number, resource: number, scope: number): void {
    if (!spans.roomIn(resource, scope)) return
    const row = spans.rows
    let hasTrace = false
    let hasSpan = false
    let hasValidParent = true
    while (cursor.at < stop) {
      const tag = cursor.tag()
      switch (tag) {
        case ATTRIBUTES:
          values.attribute(cursor, cursor.delimited(stop), attributes)
          break
        case TRACE_ID: {
          const end = cursor.delimited(stop)
          hasTrace = spans.traces.put(row, cursor.bytes, cursor.at, end)
          cursor.at = end
          break
        }
        case SPAN_ID: {
          const end = cursor.delimited(stop)
          hasSpan = spans.spans.put(row, cursor.bytes, cursor.at, end)
          cursor.at = end
          break
        }
        case PARENT_ID: {
          const end = cursor.delimited(stop)
          spans.parents.put(row, cursor.bytes, cursor.at, end)
          hasValidParent = end === cursor.at || end - cursor.at === spans.parents.size
          cursor.at = end
          break
        }
        case NAME: {
          const end = cursor.delimited(stop)
          spans.names[row] = strings.at(cursor, cursor.at, end)
          cursor.at = end
          break
        }
        case KIND: {
          const kind = cursor.varint()
          spans.kinds[row] = kind <= LAST_KIND ? kind : 0
          break
        }
        case START:
          spans.starts.put(row, cursor.fixed64(), cursor.high)
          break
        case END:
          spans.ends.put(row, cursor.fixed64(), cursor.high)
          break
        case STATUS_FIELD:
          status(cursor, cursor.delimited(stop), row)
          break
        case FLAGS:
          spans.flags[row] = cursor.fixed32()
          break
        case EVENTS:
          event(cursor, cursor.delimited(stop))
          break
        case LINKS:
          link(cursor, cursor.delimited(stop))
          break
        case TRACE_STATE: {
          const end = cursor.delimited(stop)
          spans.traceStates[row] = strings.at(cursor, cursor.at, end)
          cursor.at = end
          break
        }
        case DROPPED_ATTRIBUTES:
          spans.droppedAttributes[row] = cursor.varint()
          break
        case DROPPED_EVENTS:
          spans.droppedEvents[row] = cursor.varint()
          break
        case DROPPED_LINKS:
          spans.droppedLinks[row] = cursor.varint()
          break
        default:
          cursor.skip(tag, stop)
      }
    }
    cursor.end(stop)
    spans.keep(hasTrace, hasSpan, hasValidParent)
  }

  function status(cursor: Cursor, stop: number, row: number): void {
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === STATUS_CODE) {
        const code = cursor.varint()
        spans.statusCodes[row] = code <= LAST_STATUS ? code : 0
      } else if (tag === STATUS_MESSAGE) {
        const end = cursor.delimited(stop)
        spans.statusMessages[row] = strings.at(cursor, cursor.at, end)
        cursor.at = end
      } else cursor.skip(tag, stop)
    }
    cursor.end(stop)
  }

  function event(cursor: Cursor, stop: number): void {
    if (!events.room()) {
      cursor.at = stop
      return
    }
    const at = events.size
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === EVENT_ATTRIBUTES) values.attribute(cursor, cursor.delimited(stop), events.attributes)
      else if (tag === EVENT_TIME) events.times.put(at, cursor.fixed64(), cursor.high)
      else if (tag === EVENT_NAME) {
        const end = cursor.delimited(stop)
        events.names[at] = strings.at(cursor, cursor.at, end)
        cursor.at = end
      } else if (tag === EVENT_DROPPED) events.droppedAttributes[at] = cursor.varint()
      else cursor.skip(tag, stop)
    }
    cursor.end(stop)
    events.keep()
  }

  function link(cursor: Cursor, stop: number): void {
    if (!links.room()) {
      cursor.at = stop
      return
    }
    const at = links.size
    let hasTrace = false
    let hasSpan = false
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === LINK_TRACE_ID || tag === LINK_SPAN_ID || tag === LINK_TRACE_STATE) {
        const end = cursor.delimited(stop)
        if (tag === LINK_TRACE_ID) hasTrace = links.traces.put(at, cursor.bytes, cursor.at, end)
        else if (tag === LINK_SPAN_ID) hasSpan = links.spans.put(at, cursor.bytes, cursor.at, end)
        else links.traceStates[at] = strings.at(cursor, cursor.at, end)
        cursor.at = end
      } else if (tag === LINK_ATTRIBUTES) values.attribute(cursor, cursor.delimited(stop), links.attributes)
      else if (tag === LINK_DROPPED) links.droppedAttributes[at] = cursor.varint()
      else if (tag === LINK_FLAGS) links.flags[at] = cursor.fixed32()
      else cursor.skip(tag, stop)
    }
    cursor.end(stop)
    links.keep(hasTrace && hasSpan)
  }

  return span
}
