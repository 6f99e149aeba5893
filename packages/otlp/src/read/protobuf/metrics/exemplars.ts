import { EXEMPLAR } from '../../../metric-fields.ts'
import type { Exemplars } from '../../tables/exemplars.ts'
import { DELIMITED, FIXED64, type ReadMessage, tagOf } from '../cursor.ts'
import type { SharedParts } from '../sets.ts'
import { SetFields } from './set-fields.ts'

const TIME = tagOf(EXEMPLAR.time, FIXED64)
const DOUBLE = tagOf(EXEMPLAR.double, FIXED64)
const INT = tagOf(EXEMPLAR.int, FIXED64)
const SPAN_ID = tagOf(EXEMPLAR.spanId, DELIMITED)
const TRACE_ID = tagOf(EXEMPLAR.traceId, DELIMITED)
const ATTRIBUTES = tagOf(EXEMPLAR.attributes, DELIMITED)

/** Creates the function that reads an `Exemplar` into the columns. */
export function exemplarReader(exemplars: Exemplars, shared: SharedParts): ReadMessage {
  const set = new SetFields(shared)
  return (cursor, stop) => {
    exemplars.room()
    const at = exemplars.size
    set.begin(ATTRIBUTES)
    while (cursor.at < stop) {
      const from = cursor.at
      const tag = cursor.tag()
      if (tag === TIME) exemplars.times.put(at, cursor.fixed64(), cursor.high)
      else if (tag === DOUBLE) exemplars.values[at] = cursor.double()
      else if (tag === INT) exemplars.values[at] = cursor.signed()
      else if (tag === ATTRIBUTES) cursor.at = set.field(cursor, from, cursor.delimited(stop))
      else if (tag === TRACE_ID || tag === SPAN_ID) {
        const end = cursor.delimited(stop)
        const ids = tag === TRACE_ID ? exemplars.traces : exemplars.spans
        ids.put(at, cursor.bytes, cursor.at, end)
        cursor.at = end
      } else cursor.skip(tag, stop)
    }
    cursor.end(stop)
    exemplars.sets[at] = set.index(cursor)
    exemplars.size++
  }
}
