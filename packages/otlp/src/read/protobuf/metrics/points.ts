import { NUMBER, POINT } from '../../../metric-fields.ts'
import type { ReadMetric } from '../../columns.ts'
import type { Points } from '../../tables/points.ts'
import { type Cursor, DELIMITED, FIXED64, type ReadMessage, tagOf, VARINT } from '../cursor.ts'
import type { SharedParts } from '../sets.ts'
import { exemplarReader } from './exemplars.ts'
import { exponentialReader } from './exponential.ts'
import { histogramReader } from './histograms.ts'
import { SetFields } from './set-fields.ts'
import { summaryReader } from './summaries.ts'

const START = tagOf(POINT.startTime, FIXED64)
const TIME = tagOf(POINT.time, FIXED64)
const DOUBLE = tagOf(NUMBER.double, FIXED64)
const INT = tagOf(NUMBER.int, FIXED64)
const EXEMPLARS = tagOf(NUMBER.exemplars, DELIMITED)
const ATTRIBUTES = tagOf(NUMBER.attributes, DELIMITED)
const FLAGS = tagOf(NUMBER.flags, VARINT)

/** Creates the function that reads a point of each kind into the row that has been made for it. */
export function pointReaders(points: Points, shared: SharedParts): Record<ReadMetric['kind'], ReadMessage> {
  const exemplar = exemplarReader(points.exemplars, shared)
  const set = new SetFields(shared)

  function number(cursor: Cursor, stop: number): void {
    const row = points.rows
    let hasValue = false
    set.begin(ATTRIBUTES)
    while (cursor.at < stop) {
      const from = cursor.at
      const tag = cursor.tag()
      switch (tag) {
        case ATTRIBUTES:
          cursor.at = set.field(cursor, from, cursor.delimited(stop))
          break
        case START:
          points.starts.put(row, cursor.fixed64(), cursor.high)
          break
        case TIME:
          points.times.put(row, cursor.fixed64(), cursor.high)
          break
        case DOUBLE:
          points.values[row] = cursor.double()
          hasValue = true
          break
        case INT:
          points.values[row] = cursor.signed()
          hasValue = true
          break
        case EXEMPLARS:
          exemplar(cursor, cursor.delimited(stop))
          break
        case FLAGS:
          points.flags[row] = cursor.varint()
          break
        default:
          cursor.skip(tag, stop)
      }
    }
    cursor.end(stop)
    points.set[row] = set.index(cursor)
    points.keepNumber(hasValue)
  }

  return {
    gauge: number,
    sum: number,
    histogram: histogramReader(points, exemplar, set),
    exponential: exponentialReader(points, exemplar, set),
    summary: summaryReader(points, set),
  }
}
