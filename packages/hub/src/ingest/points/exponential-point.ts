import type { ExponentialBuckets, MetricColumns } from '@sightline/otlp'

import { added, type Buckets, coarser, countAt, NO_BUCKETS } from './buckets.ts'
import { PointClock } from './clock.ts'
import { writeExemplars } from './exemplars.ts'
import { numberText } from './naming/names.ts'
import { type Origin, type Outcome, type PointSeries, seriesOf, STALE } from './point.ts'

/** Most buckets of a histogram, above and below zero each. SDKs have 160. */
const MOST_BUCKETS = 1_000

/** Counts of an exponential histogram. */
interface Counts {
  readonly scale: number
  readonly zeroThreshold: number
  readonly zeroCount: number
  readonly positive: Buckets
  readonly negative: Buckets
}

/**
 * An exponential histogram, written as explicit buckets of the same scale, with the lower bound of the lowest bucket as a bucket of its
 * own. A bucket that was written once is written with every point, also where the point does not mention it.
 */
export class ExponentialPoint implements PointSeries {
  readonly #origin: Origin
  readonly #clock = new PointClock()
  /** Series by their upper bound, in use with the current scale. */
  #buckets = new Map<number, number>()
  /** The sum of the increments; of cumulative points the last one, whose buckets are continued. */
  #known: Counts | undefined
  #count = 0
  #sum = 0
  #countSeries: number | undefined
  #sumSeries: number | undefined

  constructor(origin: Origin) {
    this.#origin = origin
  }

  write(columns: MetricColumns, row: number): Outcome {
    const { writer, isDelta } = this.#origin
    const point = columns.exponentials[columns.exponential[row] ?? 0]
    if (point === undefined) return 'invalid'
    const time = columns.times.ms[row] ?? 0
    const start = columns.starts.ms[row] ?? 0
    if (isDelta) {
      const position = this.#clock.positionOf(start, time)
      if (position !== 'next') return position
    }
    const counts = this.#next(countsOf(point))
    if (counts.positive.counts.length > MOST_BUCKETS || counts.negative.counts.length > MOST_BUCKETS)
      return 'invalid'
    const bounds = upperBounds(counts)
    const series = this.#seriesOf(bounds.map(({ bound }) => bound))
    if (series === undefined) return 'too many series'
    const began = isDelta ? this.#clock.delta(start, time) : this.#clock.cumulative(start, time)
    if (began > 0)
      for (const one of [...series.values(), this.#countSeries, this.#sumSeries])
        if (one !== undefined) writer.begin(one, began)

    const refused = writer.counts.outOfOrder
    this.#known = counts
    this.#count = isDelta ? this.#count + (columns.counts[row] ?? 0) : (columns.counts[row] ?? 0)
    this.#sum = isDelta ? this.#sum + (columns.sums[row] ?? NaN) : (columns.sums[row] ?? NaN)
    for (const [bound, old] of this.#buckets) if (!series.has(bound)) writer.append(old, time, STALE)
    this.#buckets = series
    let below = 0
    for (const { bound, inside } of bounds) {
      below += inside
      writer.append(series.get(bound) ?? 0, time, below)
    }
    writer.append(series.get(Infinity) ?? 0, time, this.#count)
    if (this.#countSeries !== undefined) writer.append(this.#countSeries, time, this.#count)
    if (this.#sumSeries !== undefined && !Number.isNaN(this.#sum))
      writer.append(this.#sumSeries, time, this.#sum)
    writeExemplars(writer, columns, row, (value) =>
      series.get(bounds.find(({ bound }) => value <= bound)?.bound ?? Infinity),
    )
    return writer.counts.outOfOrder === refused ? 'written' : 'out of order'
  }

  end(time: number): void {
    const { writer } = this.#origin
    for (const series of this.#buckets.values()) writer.append(series, time, STALE)
    if (this.#countSeries !== undefined) writer.append(this.#countSeries, time, STALE)
    if (this.#sumSeries !== undefined) writer.append(this.#sumSeries, time, STALE)
  }

  /** The counts after a point. */
  #next(point: Counts): Counts {
    const known = this.#known
    if (known === undefined) return point
    if (this.#origin.isDelta) {
      const scale = Math.min(known.scale, point.scale)
      const sum = (a: Buckets, b: Buckets): Buckets =>
        added(coarser(a, known.scale - scale), coarser(b, point.scale - scale))
      return {
        scale,
        zeroThreshold: Math.max(known.zeroThreshold, point.zeroThreshold),
        zeroCount: known.zeroCount + point.zeroCount,
        positive: sum(known.positive, point.positive),
        negative: sum(known.negative, point.negative),
      }
    }
    if (known.scale !== point.scale) return point
    return {
      ...point,
      positive: added(emptied(known.positive), point.positive),
      negative: added(emptied(known.negative), point.negative),
    }
  }

  /** The series of bounds and of `+Inf`. `undefined` where there are too many. */
  #seriesOf(bounds: readonly number[]): Map<number, number> | undefined {
    const found = new Map<number, number>()
    for (const bound of [...bounds, Infinity]) {
      const series = this.#buckets.get(bound) ?? seriesOf(this.#origin, '_bucket', { le: numberText(bound) })
      if (series === undefined) return undefined
      found.set(bound, series)
    }
    this.#countSeries ??= seriesOf(this.#origin, '_count')
    this.#sumSeries ??= seriesOf(this.#origin, '_sum')
    return this.#countSeries === undefined || this.#sumSeries === undefined ? undefined : found
  }
}

function countsOf(point: ExponentialBuckets): Counts {
  const { scale, zeroThreshold, zeroCount, positiveOffset, positive, negativeOffset, negative } = point
  return {
    scale,
    zeroThreshold,
    zeroCount,
    positive: positive.length === 0 ? NO_BUCKETS : { first: positiveOffset, counts: positive },
    negative: negative.length === 0 ? NO_BUCKETS : { first: negativeOffset, counts: negative },
  }
}

/** The same buckets without counts. */
function emptied({ first, counts }: Buckets): Buckets {
  return { first, counts: counts.map(() => 0) }
}

/**
 * The upper bounds of all buckets, ascending, with the number of values inside each. Bucket `n` above zero ends at `base ** (n + 1)`,
 * the one below zero begins there with a minus sign: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
function upperBounds(counts: Counts): Array<{ readonly bound: number; readonly inside: number }> {
  const { scale, zeroThreshold, zeroCount, positive, negative } = counts
  const power = (index: number): number => 2 ** (index * 2 ** -scale)
  const bounds: Array<{ bound: number; inside: number }> = []
  const add = (bound: number, inside: number): void => {
    const last = bounds.at(-1)
    // Bounds beyond the range of a double, and those within the zero bucket, are one.
    if (last !== undefined && bound <= last.bound) last.inside += inside
    else if (bound !== Infinity) bounds.push({ bound, inside })
  }
  const lowest = negative.first + negative.counts.length
  for (let index = lowest; index >= negative.first && negative.counts.length > 0; index--)
    add(-power(index), countAt(negative, index))
  add(zeroThreshold, zeroCount)
  for (
    let index = positive.first - 1;
    index < positive.first + positive.counts.length && positive.counts.length > 0;
    index++
  )
    add(power(index + 1), countAt(positive, index))
  return bounds
}
