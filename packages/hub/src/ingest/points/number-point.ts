import type { MetricColumns } from '@sightline/otlp'

import { PointClock } from './clock.ts'
import { writeExemplars } from './exemplars.ts'
import { type Origin, type Outcome, type PointSeries, seriesOf, STALE } from './point.ts'

/** A gauge or a sum. Increments are added up. A sum that may decrease is a gauge in Prometheus. */
export class NumberPoint implements PointSeries {
  readonly #origin: Origin
  readonly #series: number
  readonly #clock = new PointClock()
  #sum = 0

  private constructor(origin: Origin, series: number) {
    this.#origin = origin
    this.#series = series
  }

  static of(origin: Origin): NumberPoint | undefined {
    const series = seriesOf(origin)
    return series === undefined ? undefined : new NumberPoint(origin, series)
  }

  write(columns: MetricColumns, row: number): Outcome {
    const { writer, isDelta, isMonotonic } = this.#origin
    const time = columns.times.ms[row] ?? 0
    const start = columns.starts.ms[row] ?? 0
    let value = columns.values[row] ?? 0
    if (isDelta) {
      const position = this.#clock.positionOf(start, time)
      if (position !== 'next') return position
      const began = this.#clock.delta(start, time)
      if (began > 0 && isMonotonic) writer.begin(this.#series, began)
      this.#sum += value
      value = this.#sum
    } else if (isMonotonic) {
      const began = this.#clock.cumulative(start, time)
      if (began > 0) writer.begin(this.#series, began)
    }
    const refused = writer.counts.outOfOrder
    writer.append(this.#series, time, value)
    writeExemplars(writer, columns, row, () => this.#series)
    return writer.counts.outOfOrder === refused ? 'written' : 'out of order'
  }

  end(time: number): void {
    this.#origin.writer.append(this.#series, time, STALE)
  }
}
