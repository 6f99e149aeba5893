/**
 * The instruments of the request metrics. A series is found once for each route and status and then held, so that to
 * count costs a field's increment: the Prometheus clients hash the label set anew at every observation (390 ns).
 */
import { Distribution } from './distribution.ts'
import type { FamilyType, HistogramFamily, HistogramSeries, NumberFamily, NumberSeries } from './family.ts'
import { CountSeries } from './instrument-series.ts'
import type { SeriesLabels } from './labels.ts'

/** The value of every label of the series in which an instrument's surplus ends. */
export const OVERFLOW = 'overflow'

/** A count. `counter.value++` is all there is to it. */
export interface Count {
  value: number
}

/** The series of one name, by their label text; at most `max` besides those that are known in advance. */
export abstract class Instrument<S> {
  readonly name: string
  readonly help: string
  abstract readonly type: FamilyType
  readonly #series = new Map<string, S>()
  /** By the order of the series. Empty until a reader asks for labels by name. */
  readonly #labels: SeriesLabels[] = []
  readonly #max: number
  #known = 0
  #refused = 0
  /** Told once, when the first label set does not get a series of its own. */
  whenFull: (() => void) | undefined = undefined

  constructor(name: string, help: string, max: number) {
    this.name = name
    this.help = help
    this.#max = max
  }

  /** How many label sets did not get a series of their own. */
  get refused(): number {
    return this.#refused
  }

  /** How many series there are. */
  get size(): number {
    return this.#series.size
  }

  /** The series of a label text, or `undefined` where there is no room for another. */
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

  /** How many label sets it takes besides those that are known in advance. */
  get max(): number {
    return this.#max
  }

  /** The series that there are now, each made when it is read. Series come to the end, and never go. */
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

  /** Takes the numbers only, which are a megabyte where there are 100,000 series. */
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

/** Values that go up and down. */
export class GaugeInstrument extends NumberInstrument {
  readonly type = 'gauge'
  /** What these count is under way somewhere. */
  readonly across = 'sum'
}

/** For how many series a histogram makes room at a time. */
const MOST_AT_ONCE = 64

/** How values are distributed over buckets. */
export class HistogramInstrument extends Instrument<Distribution> implements HistogramFamily {
  readonly type = 'histogram'
  readonly #bounds: readonly number[]
  /** Numbers of series that there are, and in the last one room for those to come. */
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
    // The count of each bucket, of what is above all bounds, and the sum.
    const length = this.#bounds.length + 2
    if (this.#taken + length > this.#cells.length) {
      // As many again as there are, within bounds: few series take little, and many few arrays.
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
