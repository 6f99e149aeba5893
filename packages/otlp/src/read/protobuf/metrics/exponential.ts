import { EXPONENTIAL, EXPONENTIAL_BUCKETS, POINT } from '../../../metric-fields.ts'
import type { Points } from '../../tables/points.ts'
import { type Cursor, DELIMITED, FIXED64, type ReadMessage, tagOf, VARINT } from '../cursor.ts'
import type { SetFields } from './set-fields.ts'

const START = tagOf(POINT.startTime, FIXED64)
const TIME = tagOf(POINT.time, FIXED64)
const COUNT = tagOf(EXPONENTIAL.count, FIXED64)
const SUM = tagOf(EXPONENTIAL.sum, FIXED64)
const ATTRIBUTES = tagOf(EXPONENTIAL.attributes, DELIMITED)
const SCALE = tagOf(EXPONENTIAL.scale, VARINT)
const ZERO_COUNT = tagOf(EXPONENTIAL.zeroCount, FIXED64)
const POSITIVE = tagOf(EXPONENTIAL.positive, DELIMITED)
const NEGATIVE = tagOf(EXPONENTIAL.negative, DELIMITED)
const FLAGS = tagOf(EXPONENTIAL.flags, VARINT)
const EXEMPLARS = tagOf(EXPONENTIAL.exemplars, DELIMITED)
const ZERO_THRESHOLD = tagOf(EXPONENTIAL.zeroThreshold, FIXED64)
const OFFSET = tagOf(EXPONENTIAL_BUCKETS.offset, VARINT)
const BUCKET_COUNTS = tagOf(EXPONENTIAL_BUCKETS.bucketCounts, DELIMITED)
const BUCKET_COUNT = tagOf(EXPONENTIAL_BUCKETS.bucketCounts, VARINT)

/** Buckets, while they are read. */
interface Buckets {
  offset: number
  readonly counts: number[]
}

const TWO_32 = 4_294_967_296

/** Creates the function that reads an `ExponentialHistogramDataPoint`. */
export function exponentialReader(points: Points, exemplar: ReadMessage, set: SetFields): ReadMessage {
  return (cursor, stop) => {
    const row = points.rows
    const positive: Buckets = { offset: 0, counts: [] }
    const negative: Buckets = { offset: 0, counts: [] }
    let scale = 0
    let zeroCount = 0
    let zeroThreshold = 0
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
        case SCALE:
          scale = cursor.zigzag()
          break
        case ZERO_COUNT:
          zeroCount = cursor.count()
          break
        case ZERO_THRESHOLD:
          zeroThreshold = cursor.double()
          break
        case POSITIVE:
          buckets(cursor, cursor.delimited(stop), positive)
          break
        case NEGATIVE:
          buckets(cursor, cursor.delimited(stop), negative)
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
    points.keepExponential({
      scale,
      zeroCount,
      zeroThreshold,
      positiveOffset: positive.offset,
      positive: positive.counts,
      negativeOffset: negative.offset,
      negative: negative.counts,
    })
  }
}

function buckets(cursor: Cursor, stop: number, into: Buckets): void {
  while (cursor.at < stop) {
    const tag = cursor.tag()
    if (tag === OFFSET) into.offset = cursor.zigzag()
    else if (tag === BUCKET_COUNT) into.counts.push(bigCount(cursor))
    else if (tag === BUCKET_COUNTS) {
      const end = cursor.delimited(stop)
      while (cursor.at < end) into.counts.push(bigCount(cursor))
      cursor.end(end)
    } else cursor.skip(tag, stop)
  }
  cursor.end(stop)
}

/** Reads a `uint64`, rounded above 2^53. */
function bigCount(cursor: Cursor): number {
  const low = cursor.varint()
  return cursor.high * TWO_32 + low
}
