import { POINT, QUANTILE, QUANTILES } from '../../../metric-fields.ts'
import type { Points } from '../../tables/points.ts'
import { type Cursor, DELIMITED, FIXED64, type ReadMessage, tagOf, VARINT } from '../cursor.ts'
import type { SetFields } from './set-fields.ts'

const START = tagOf(POINT.startTime, FIXED64)
const TIME = tagOf(POINT.time, FIXED64)
const COUNT = tagOf(QUANTILES.count, FIXED64)
const SUM = tagOf(QUANTILES.sum, FIXED64)
const ATTRIBUTES = tagOf(QUANTILES.attributes, DELIMITED)
const QUANTILE_VALUES = tagOf(QUANTILES.quantiles, DELIMITED)
const FLAGS = tagOf(QUANTILES.flags, VARINT)
const QUANTILE_OF = tagOf(QUANTILE.quantile, FIXED64)
const QUANTILE_VALUE = tagOf(QUANTILE.value, FIXED64)

/** Creates the function that reads a `SummaryDataPoint`. */
export function summaryReader(points: Points, set: SetFields): ReadMessage {
  return (cursor, stop) => {
    const row = points.rows
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
        case QUANTILE_VALUES:
          quantile(cursor, cursor.delimited(stop), points)
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
    points.keepSummary()
  }
}

function quantile(cursor: Cursor, stop: number, points: Points): void {
  let quantileOf = 0
  let value = 0
  while (cursor.at < stop) {
    const tag = cursor.tag()
    if (tag === QUANTILE_OF) quantileOf = cursor.double()
    else if (tag === QUANTILE_VALUE) value = cursor.double()
    else cursor.skip(tag, stop)
  }
  cursor.end(stop)
  points.quantiles.push(quantileOf)
  points.quantileValues.push(value)
}
