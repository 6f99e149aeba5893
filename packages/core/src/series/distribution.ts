import type { TraceContext } from '../seam.ts'
import type { Exemplar, HistogramSeries } from './family.ts'
import { InstrumentSeries } from './instrument-series.ts'
import type { SeriesLabels } from './labels.ts'

/** One series of a histogram. Its numbers share an array, since a typed array of its own would double the memory. */
export class Distribution {
  /** The last sampled trace of each bucket. Absent until there is one. */
  exemplars: Array<Exemplar | undefined> | undefined = undefined
  readonly #bounds: readonly number[]
  /** From `#at` on: the count of each bucket, the count above all bounds, and the sum. */
  readonly #cells: Float64Array
  readonly #at: number

  constructor(bounds: readonly number[], cells: Float64Array, at: number) {
    this.#bounds = bounds
    this.#cells = cells
    this.#at = at
  }

  observe(value: number, trace: TraceContext | undefined): void {
    const bounds = this.#bounds
    const cells = this.#cells
    let bucket = 0
    // Most requests are fast, so the first bounds are the likely ones.
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
    const at = this.#at + bucket
    const sum = this.#at + bounds.length + 1
    cells[at] = (cells[at] as number) + 1
    cells[sum] = (cells[sum] as number) + value
    if (trace?.sampled) {
      this.exemplars ??= []
      this.exemplars[bucket] = { traceId: trace.traceId, spanId: trace.spanId, value, time: Date.now() }
    }
  }

  /**
   * The series with the numbers of one moment.
   *
   * @param copies copies of all number arrays, by the original arrays
   */
  seriesIn(
    copies: ReadonlyMap<Float64Array, Float64Array>,
    exemplars: Distribution['exemplars'],
    labelText: string,
    index: number,
    labels: SeriesLabels[],
  ): HistogramSeries {
    const cells = copies.get(this.#cells) ?? this.#cells
    return new DistributionSeries(labelText, index, labels, this.#bounds, cells, this.#at, exemplars)
  }
}

class DistributionSeries extends InstrumentSeries implements HistogramSeries {
  readonly bounds: readonly number[]
  readonly exemplars: Distribution['exemplars']
  readonly #cells: Float64Array
  readonly #at: number

  constructor(
    labelText: string,
    index: number,
    labels: SeriesLabels[],
    bounds: readonly number[],
    cells: Float64Array,
    at: number,
    exemplars: Distribution['exemplars'],
  ) {
    super(labelText, index, labels)
    this.bounds = bounds
    this.exemplars = exemplars
    this.#cells = cells
    this.#at = at
  }

  get sum(): number {
    return this.#cells[this.#at + this.bounds.length + 1] as number
  }

  inBucket(index: number): number {
    return this.#cells[this.#at + index] as number
  }
}

/** Whether two histograms have the same buckets. */
export function sameBounds(some: readonly number[], others: readonly number[]): boolean {
  return (
    some === others ||
    (some.length === others.length && some.every((bound, index) => bound === others[index]))
  )
}
