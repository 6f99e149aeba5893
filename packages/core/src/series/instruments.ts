/**
 * The instruments of request metrics. A series is looked up once per route and status and then kept, so counting costs
 * one increment of a field. The Prometheus clients hash the label set at each observation (390 ns).
 */
import { Distribution } from './distribution.ts'
import type { FamilyType, HistogramFamily, HistogramSeries, NumberFamily, NumberSeries } from './family.ts'
import { CountSeries } from './instrument-series.ts'
import type { SeriesLabels } from './labels.ts'

/** The value of all labels of the overflow series. */
export const OVERFLOW = 'overflow'

/** A count. Increment it with `counter.value++`. */
export interface Count {
  value: number
}

/** The series of one metric, by label text: at most `max`, besides reserved ones. */
export abstract class Instrument<S> {
  readonly name: string
  readonly help: string
  abstract readonly type: FamilyType
  readonly #series = new Map<string, S>()
  /** The label cache, in the order of the series. Empty until a reader needs labels by name. */
  readonly #labels: SeriesLabels[] = []
  readonly #max: number
  #known = 0
  #refused = 0
  /** Called once, for the first label set without a series. */
  whenFull: (() => void) | undefined = undefined

  constructor(name: string, help: string, max: number) {
    this.name = name
    this.help = help
    this.#max = max
  }

  /** Number of refused observations: those whose label set has no series. */
  get refused(): number {
    return this.#refused
  }

  get size(): number {
    return this.#series.size
  }

  /** The series of a label text. `undefined`: the limit is reached. */
  at(labels: string, known = false): S | undefined {
    let series = this.#series.get(labels)
    if (series === undefined) {
      if (known) this.#known++
      else if (this.#series.size - this.#known >= this.#max) {
        if (++this.#refused === 1) this.whenFull?.()
        return undefined
      }
      series = this.create()
      this.#series.set(labels, series)
    }
    return series
  }

  /** The limit of label sets, besides reserved ones. */
  get max(): number {
    return this.#max
  }

  /** The current series, created one by one during the iteration. New series are appended, and none is ever removed. */
  protected read<T>(
    make: (series: S, labelText: string, index: number, labels: SeriesLabels[]) => T,
  ): Iterable<T> {
    const all = this.#series
    const remembered = this.#labels
    const count = all.size
    return {
      *[Symbol.iterator]() {
        let index = 0
        for (const [labelText, series] of all) {
          if (index >= count) return
          yield make(series, labelText, index++, remembered)
        }
      },
    }
  }

  protected held(): Iterable<S> {
    return this.#series.values()
  }

  protected abstract create(): S
}

abstract class NumberInstrument extends Instrument<Count> implements NumberFamily {
  abstract override readonly type: 'counter' | 'gauge'

  /** Copies the numbers only: about a megabyte for 100,000 series. */
  series(): Iterable<NumberSeries> {
    const values = new Float64Array(this.size)
    let at = 0
    for (const { value } of this.held()) values[at++] = value
    return this.read(
      (_, labelText, index, labels) => new CountSeries(labelText, index, labels, values[index] ?? 0),
    )
  }

  protected create(): Count {
    return { value: 0 }
  }
}

/** Counts that only grow. */
export class CounterInstrument extends NumberInstrument {
  readonly type = 'counter'
}

/** Values that rise and fall. */
export class GaugeInstrument extends NumberInstrument {
  readonly type = 'gauge'
  /** These gauges count work in progress, which adds up across processes. */
  readonly across = 'sum'
}

/** Maximum number of series in one allocation of a histogram. */
const MOST_AT_ONCE = 64

/** Distributions of values over buckets. */
export class HistogramInstrument extends Instrument<Distribution> implements HistogramFamily {
  readonly type = 'histogram'
  readonly #bounds: readonly number[]
  /** The number arrays of all series. The last one has room for further series. */
  readonly #blocks: Float64Array[] = []
  #cells = new Float64Array()
  #taken = 0

  constructor(name: string, help: string, max: number, bounds: readonly number[]) {
    super(name, help, max)
    this.#bounds = bounds
  }

  series(): Iterable<HistogramSeries> {
    const copies = new Map(this.#blocks.map((cells) => [cells, cells.slice()]))
    const exemplars = new Map<Distribution, Distribution['exemplars']>()
    for (const each of this.held()) if (each.exemplars) exemplars.set(each, each.exemplars.slice())
    return this.read((each, labelText, index, labels) =>
      each.seriesIn(copies, exemplars.get(each), labelText, index, labels),
    )
  }

  protected create(): Distribution {
    // The count of each bucket, the count above all bounds, and the sum.
    const length = this.#bounds.length + 2
    if (this.#taken + length > this.#cells.length) {
      // Doubles the room each time, up to a limit: few series take little memory, and many series need few arrays.
      this.#cells = new Float64Array(length * Math.min(MOST_AT_ONCE, Math.max(1, this.size)))
      this.#blocks.push(this.#cells)
      this.#taken = 0
    }
    const distribution = new Distribution(this.#bounds, this.#cells, this.#taken)
    this.#taken += length
    return distribution
  }
}

/** Any of the instruments, as a family of a scrape. */
export type AnyInstrument = CounterInstrument | GaugeInstrument | HistogramInstrument
