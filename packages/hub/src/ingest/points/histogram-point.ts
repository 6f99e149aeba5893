import type { MetricColumns } from '@sightline/otlp'

import { PointClock } from './clock.ts'
import { writeExemplars } from './exemplars.ts'
import { numberText } from './naming/names.ts'
import { type Origin, type Outcome, type PointSeries, seriesOf, STALE } from './point.ts'

/** The series of a histogram with certain bounds. */
interface Layout {
  /** Upper bounds of all buckets but the last. */
  readonly bounds: Float64Array
  /** The series of each bucket, the one of `+Inf` at the end. */
  readonly buckets: readonly number[]
  readonly count: number
  readonly sum: number
}

/** A histogram with explicit bounds. Its buckets are cumulative in Prometheus. */
export class HistogramPoint implements PointSeries {
  readonly #origin: Origin
  readonly #clock = new PointClock()
  #layout: Layout | undefined
  /** Sums of the increments: of each bucket, of the count and of the sum. */
  #counts = new Float64Array(0)
  #count = 0
  #sum = 0

  constructor(origin: Origin) {
    this.#origin = origin
  }

  write(columns: MetricColumns, row: number): Outcome {
    const { writer, isDelta } = this.#origin
    const time = columns.times.ms[row] ?? 0
    const start = columns.starts.ms[row] ?? 0
    const from = columns.buckets.offsets[row] ?? 0
    const given = (columns.buckets.offsets[row + 1] ?? 0) - from
    const bounds = columns.bounds.offsets[row] ?? 0
    const bounded = (columns.bounds.offsets[row + 1] ?? 0) - bounds
    // Either no buckets at all, or one more than bounds.
    if (given !== bounded + 1 && (given !== 0 || bounded !== 0)) return 'invalid'
    if (isDelta) {
      const position = this.#clock.positionOf(start, time)
      if (position !== 'next') return position
    }
    const layout = this.#layoutOf(columns.bounds.numbers, bounds, bounded, time)
    if (layout === undefined) return 'too many series'
    const began = isDelta ? this.#clock.delta(start, time) : this.#clock.cumulative(start, time)
    if (began > 0) this.#begin(layout, began)

    const refused = writer.counts.outOfOrder
    let count = columns.counts[row] ?? 0
    let sum = columns.sums[row] ?? NaN
    if (isDelta) {
      count = this.#count += count
      sum = this.#sum += sum
    }
    let below = 0
    for (let bucket = 0; bucket < bounded; bucket++) {
      let inside = columns.buckets.numbers[from + bucket] ?? 0
      if (isDelta) inside = this.#counts[bucket] = (this.#counts[bucket] ?? 0) + inside
      below += inside
      writer.append(layout.buckets[bucket] ?? 0, time, below)
    }
    writer.append(layout.buckets[bounded] ?? 0, time, count)
    writer.append(layout.count, time, count)
    // A histogram of values that may be negative has no sum.
    if (!Number.isNaN(sum)) writer.append(layout.sum, time, sum)
    writeExemplars(writer, columns, row, (value) => bucketOf(layout, value))
    return writer.counts.outOfOrder === refused ? 'written' : 'out of order'
  }

  end(time: number): void {
    if (this.#layout !== undefined)
      for (const series of seriesIn(this.#layout)) this.#origin.writer.append(series, time, STALE)
  }

  #begin(layout: Layout, time: number): void {
    for (const series of seriesIn(layout)) this.#origin.writer.begin(series, time)
  }

  /** The series of the given bounds. Those of other bounds end. */
  #layoutOf(numbers: Float64Array, from: number, count: number, time: number): Layout | undefined {
    const known = this.#layout
    if (known !== undefined && isEqual(known.bounds, numbers, from, count)) return known
    const layout = layoutFor(this.#origin, numbers.slice(from, from + count))
    if (layout === undefined) return undefined
    const kept = new Set(seriesIn(layout))
    for (const series of known === undefined ? [] : seriesIn(known))
      if (!kept.has(series)) this.#origin.writer.append(series, time, STALE)
    this.#layout = layout
    // Increments of other buckets cannot be divided among these.
    this.#counts = new Float64Array(count)
    this.#count = 0
    this.#sum = 0
    return layout
  }
}

function layoutFor(origin: Origin, bounds: Float64Array): Layout | undefined {
  const buckets: number[] = []
  for (const bound of [...bounds, Infinity]) {
    const series = seriesOf(origin, '_bucket', { le: numberText(bound) })
    if (series === undefined) return undefined
    buckets.push(series)
  }
  const count = seriesOf(origin, '_count')
  const sum = seriesOf(origin, '_sum')
  return count === undefined || sum === undefined ? undefined : { bounds, buckets, count, sum }
}

function seriesIn({ buckets, count, sum }: Layout): number[] {
  return [...buckets, count, sum]
}

function isEqual(bounds: Float64Array, numbers: Float64Array, from: number, count: number): boolean {
  if (bounds.length !== count) return false
  for (let index = 0; index < count; index++) if (bounds[index] !== numbers[from + index]) return false
  return true
}

/** The lowest bucket that has counted a value. */
function bucketOf({ bounds, buckets }: Layout, value: number): number | undefined {
  const index = bounds.findIndex((bound) => value <= bound)
  return buckets.at(index === -1 ? -1 : index)
}
