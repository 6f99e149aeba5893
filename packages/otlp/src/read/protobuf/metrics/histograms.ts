import { BUCKETS, POINT } from '../../../metric-fields.ts'
import type { Lists } from '../../tables/columns.ts'
import type { Points } from '../../tables/points.ts'
import { type Cursor, DELIMITED, FIXED64, type ReadMessage, tagOf, VARINT } from '../cursor.ts'
import type { SetFields } from './set-fields.ts'

const START = tagOf(POINT.startTime, FIXED64)
const TIME = tagOf(POINT.time, FIXED64)
const COUNT = tagOf(BUCKETS.count, FIXED64)
const SUM = tagOf(BUCKETS.sum, FIXED64)
const BUCKET_COUNTS = tagOf(BUCKETS.bucketCounts, DELIMITED)
const BUCKET_COUNT = tagOf(BUCKETS.bucketCounts, FIXED64)
const BOUNDS = tagOf(BUCKETS.bounds, DELIMITED)
const BOUND = tagOf(BUCKETS.bounds, FIXED64)
const EXEMPLARS = tagOf(BUCKETS.exemplars, DELIMITED)
const ATTRIBUTES = tagOf(BUCKETS.attributes, DELIMITED)
const FLAGS = tagOf(BUCKETS.flags, VARINT)

/** Creates the function that reads a `HistogramDataPoint`. */
export function histogramReader(points: Points, exemplar: ReadMessage, set: SetFields): ReadMessage {
  return (cursor, stop) => {
    const row = points.rows
    points.sums[row] = Number.NaN
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
        case COUNT:
          points.counts[row] = cursor.count()
          break
        case SUM:
          points.sums[row] = cursor.double()
          break
        case BUCKET_COUNTS:
          counts(cursor, cursor.delimited(stop), points.buckets)
          break
        case BUCKET_COUNT:
          points.buckets.push(cursor.count())
          break
        case BOUNDS:
          doubles(cursor, cursor.delimited(stop), points.bounds)
          break
        case BOUND:
          points.bounds.push(cursor.double())
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
    points.keepHistogram()
  }
}

/** Reads packed `fixed64`. */
function counts(cursor: Cursor, stop: number, into: Lists): void {
  while (cursor.at < stop) into.push(cursor.count())
  cursor.end(stop)
}

/** Reads packed doubles. */
function doubles(cursor: Cursor, stop: number, into: Lists): void {
  while (cursor.at < stop) into.push(cursor.double())
  cursor.end(stop)
}
