import type { MetricColumns } from '@sightline/otlp'

import { PointClock } from './clock.ts'
import { numberText } from './naming/names.ts'
import { type Origin, type Outcome, type PointSeries, seriesOf, STALE } from './point.ts'

/** A summary: a series for each quantile, besides count and sum. */
export class SummaryPoint implements PointSeries {
  readonly #origin: Origin
  readonly #count: number
  readonly #sum: number
  readonly #quantiles = new Map<number, number>()
  readonly #clock = new PointClock()

  private constructor(origin: Origin, count: number, sum: number) {
    this.#origin = origin
    this.#count = count
    this.#sum = sum
  }

  static of(origin: Origin): SummaryPoint | undefined {
    const count = seriesOf(origin, '_count')
    const sum = seriesOf(origin, '_sum')
    return count === undefined || sum === undefined ? undefined : new SummaryPoint(origin, count, sum)
  }

  write(columns: MetricColumns, row: number): Outcome {
    const { writer } = this.#origin
    const time = columns.times.ms[row] ?? 0
    const began = this.#clock.cumulative(columns.starts.ms[row] ?? 0, time)
    if (began > 0) for (const series of [this.#count, this.#sum]) writer.begin(series, began)
    const refused = writer.counts.outOfOrder
    const end = columns.quantiles.offsets[row + 1] ?? 0
    // Both lists have the same lengths.
    for (let index = columns.quantiles.offsets[row] ?? 0; index < end; index++) {
      const series = this.#quantileOf(columns.quantiles.numbers[index] ?? 0)
      if (series === undefined) return 'too many series'
      writer.append(series, time, columns.quantileValues.numbers[index] ?? 0)
    }
    writer.append(this.#count, time, columns.counts[row] ?? 0)
    const sum = columns.sums[row] ?? NaN
    if (!Number.isNaN(sum)) writer.append(this.#sum, time, sum)
    return writer.counts.outOfOrder === refused ? 'written' : 'out of order'
  }

  end(time: number): void {
    for (const series of [...this.#quantiles.values(), this.#count, this.#sum])
      this.#origin.writer.append(series, time, STALE)
  }

  #quantileOf(quantile: number): number | undefined {
    const known = this.#quantiles.get(quantile)
    if (known !== undefined) return known
    const series = seriesOf(this.#origin, '', { quantile: numberText(quantile) })
    if (series !== undefined) this.#quantiles.set(quantile, series)
    return series
  }
}
