import {
  BUCKETS,
  EXEMPLAR,
  EXPONENTIAL,
  EXPONENTIAL_BUCKETS,
  NUMBER,
  POINT,
  QUANTILE,
  QUANTILES,
} from '../../metric-fields.ts'
import type { Field } from '../../writer.ts'
import type { ReadMetric } from '../columns.ts'
import type { Interned } from '../interned.ts'
import type { Points } from '../tables/points.ts'
import {
  countIn,
  countOf,
  doubleIn,
  doubleOf,
  integerOf,
  putId,
  putTime,
  smallIn,
  wordIn,
} from './numbers.ts'
import { listIn, type Message, messageIn, messagesIn, valueOf } from './tree.ts'
import type { JsonValues } from './values.ts'

/** Reads a point into the row that has been made for it. */
export type ReadPoint = (point: Message) => void

const NOTHING: Message = {}

/** Creates the function that reads a point of each kind. */
export function pointReaders(
  points: Points,
  values: JsonValues,
  { origins }: Interned,
): Record<ReadMetric['kind'], ReadPoint> {
  const { exemplars } = points

  function head(point: Message, attributes: Field, flags: Field): number {
    const row = points.rows
    points.set[row] = origins.sets.place(values.set(point, attributes).set)
    putTime(point, POINT.startTime, points.starts, row)
    putTime(point, POINT.time, points.times, row)
    points.flags[row] = wordIn(point, flags)
    return row
  }

  function readExemplars(point: Message, field: Field): void {
    for (const message of messagesIn(point, field)) {
      exemplars.room()
      const at = exemplars.size
      putTime(message, EXEMPLAR.time, exemplars.times, at)
      exemplars.values[at] = numberIn(message, EXEMPLAR.double, EXEMPLAR.int) ?? 0
      putId(message, EXEMPLAR.traceId, exemplars.traces, at)
      putId(message, EXEMPLAR.spanId, exemplars.spans, at)
      exemplars.sets[at] = origins.sets.place(values.set(message, EXEMPLAR.attributes).set)
      exemplars.size++
    }
  }

  function number(point: Message): void {
    const row = head(point, NUMBER.attributes, NUMBER.flags)
    const value = numberIn(point, NUMBER.double, NUMBER.int)
    points.values[row] = value ?? 0
    readExemplars(point, NUMBER.exemplars)
    points.keepNumber(value !== undefined)
  }

  function histogram(point: Message): void {
    const row = head(point, BUCKETS.attributes, BUCKETS.flags)
    points.counts[row] = countIn(point, BUCKETS.count)
    points.sums[row] = doubleIn(point, BUCKETS.sum, Number.NaN)
    for (const count of listIn(point, BUCKETS.bucketCounts))
      points.buckets.push(countOf(count, BUCKETS.bucketCounts.name))
    for (const bound of listIn(point, BUCKETS.bounds))
      points.bounds.push(doubleOf(bound, BUCKETS.bounds.name))
    readExemplars(point, BUCKETS.exemplars)
    points.keepHistogram()
  }

  function exponential(point: Message): void {
    const row = head(point, EXPONENTIAL.attributes, EXPONENTIAL.flags)
    points.counts[row] = countIn(point, EXPONENTIAL.count)
    points.sums[row] = doubleIn(point, EXPONENTIAL.sum, Number.NaN)
    const positive = messageIn(point, EXPONENTIAL.positive) ?? NOTHING
    const negative = messageIn(point, EXPONENTIAL.negative) ?? NOTHING
    readExemplars(point, EXPONENTIAL.exemplars)
    points.keepExponential({
      scale: smallIn(point, EXPONENTIAL.scale),
      zeroCount: countIn(point, EXPONENTIAL.zeroCount),
      zeroThreshold: doubleIn(point, EXPONENTIAL.zeroThreshold),
      positiveOffset: smallIn(positive, EXPONENTIAL_BUCKETS.offset),
      positive: countsIn(positive),
      negativeOffset: smallIn(negative, EXPONENTIAL_BUCKETS.offset),
      negative: countsIn(negative),
    })
  }

  function summary(point: Message): void {
    const row = head(point, QUANTILES.attributes, QUANTILES.flags)
    points.counts[row] = countIn(point, QUANTILES.count)
    points.sums[row] = doubleIn(point, QUANTILES.sum)
    for (const one of messagesIn(point, QUANTILES.quantiles)) {
      points.quantiles.push(doubleIn(one, QUANTILE.quantile))
      points.quantileValues.push(doubleIn(one, QUANTILE.value))
    }
    points.keepSummary()
  }

  return { gauge: number, sum: number, histogram, exponential, summary }
}

/** A value that is a double or an integer. `undefined` if it is absent. */
function numberIn(message: Message, double: Field, int: Field): number | undefined {
  const value = valueOf(message, double)
  if (value !== undefined) return doubleOf(value, double.name)
  const integer = valueOf(message, int)
  return integer === undefined ? undefined : Number(integerOf(integer, int.name))
}

function countsIn(buckets: Message): number[] {
  const { bucketCounts } = EXPONENTIAL_BUCKETS
  return listIn(buckets, bucketCounts).map((count) => countOf(count, bucketCounts.name))
}
