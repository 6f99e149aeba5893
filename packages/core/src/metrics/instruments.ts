/**
 * The instruments of the request metrics. A series is found once for each route and status and then held, so that to
 * count costs a field's increment: the Prometheus clients hash the label set anew at every observation (390 ns).
 */
import type { TraceContext } from '../trace-context.ts'
import { type ExpositionFormat, type Family, numberText } from './exposition.ts'

/** The value of every label of the series in which an instrument's surplus ends. */
export const OVERFLOW = 'overflow'

/** A count. `counter.value++` is all there is to it. */
export interface Count {
  value: number
}

/** One series of a histogram. Its numbers lie with those of others: an array of its own would take as much as they do. */
export class Distribution {
  /** The last sampled trace in each bucket; none are kept until there is one. */
  exemplars: Array<Exemplar | undefined> | undefined = undefined
  readonly #bounds: readonly number[]
  /** From `#at` on: the count of each bucket, of what is above all bounds, and the sum. */
  readonly #cells: Float64Array
  readonly #at: number

  constructor(bounds: readonly number[], cells: Float64Array, at: number) {
    this.#bounds = bounds
    this.#cells = cells
    this.#at = at
  }

  /** The sum of all values. */
  get sum(): number {
    return this.#cells[this.#at + this.#bounds.length + 1] as number
  }

  /** A copy that does not change, with its numbers in an array for many. Its exemplars are those of now. */
  copyTo(cells: Float64Array, at: number): Distribution {
    const length = this.#bounds.length + 2
    for (let i = 0; i < length; i++) cells[at + i] = this.#cells[this.#at + i] as number
    const copy = new Distribution(this.#bounds, cells, at)
    copy.exemplars = this.exemplars?.slice()
    return copy
  }

  /** How many values were in a bucket, and in none below it. */
  count(bucket: number): number {
    return this.#cells[this.#at + bucket] as number
  }

  observe(value: number, trace: TraceContext | undefined): void {
    const bounds = this.#bounds
    const cells = this.#cells
    let bucket = 0
    // Most requests are fast: the first bounds are the likely ones.
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
    const at = this.#at + bucket
    const sum = this.#at + bounds.length + 1
    cells[at] = (cells[at] as number) + 1
    cells[sum] = (cells[sum] as number) + value
    if (trace?.sampled) {
      this.exemplars ??= []
      this.exemplars[bucket] = { traceId: trace.traceId, spanId: trace.spanId, value, at: Date.now() }
    }
  }
}

interface Exemplar {
  readonly traceId: string
  readonly spanId: string
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The series of one name, by their label text; at most `max` besides those that are known in advance. */
export abstract class Instrument<S> implements Family {
  readonly name: string
  readonly help: string
  abstract readonly type: Family['type']
  readonly #series = new Map<string, S>()
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

  samples(format: ExpositionFormat): Iterable<string> {
    return this.#written(this.#series, format)
  }

  /** To copy the numbers of 100,000 series takes a millisecond or two; to write them takes a hundred times as long. */
  now(): Family {
    const { name, help, type } = this
    const { across } = this as Family
    const series = this.copies(this.#series)
    return { name, help, type, ...(across && { across }), samples: (format) => this.#written(series, format) }
  }

  *#written(all: Iterable<readonly [string, S]>, format: ExpositionFormat): Iterable<string> {
    for (const [labels, series] of all) yield this.lines(labels, series, format)
  }

  protected abstract create(): S
  protected abstract copies(series: ReadonlyMap<string, S>): Array<readonly [string, S]>
  protected abstract lines(labels: string, series: S, format: ExpositionFormat): string
}

/** Counts that only grow. */
export class CounterInstrument extends Instrument<Count> {
  readonly type = 'counter'

  protected create(): Count {
    return { value: 0 }
  }

  protected copies(series: ReadonlyMap<string, Count>): Array<readonly [string, Count]> {
    return copiedCounts(series)
  }

  protected lines(labels: string, { value }: Count): string {
    return `${this.name}${braces(labels)} ${numberText(value)}\n`
  }
}

/** Values that go up and down. */
export class GaugeInstrument extends Instrument<Count> {
  readonly type = 'gauge'
  /** What these count is under way somewhere. */
  readonly across = 'sum'

  protected create(): Count {
    return { value: 0 }
  }

  protected copies(series: ReadonlyMap<string, Count>): Array<readonly [string, Count]> {
    return copiedCounts(series)
  }

  protected lines(labels: string, { value }: Count): string {
    return `${this.name}${braces(labels)} ${numberText(value)}\n`
  }
}

function copiedCounts(series: ReadonlyMap<string, Count>): Array<readonly [string, Count]> {
  return Array.from(series, ([labels, { value }]) => [labels, { value }] as const)
}

/** For how many series a histogram makes room at a time. */
const MOST_AT_ONCE = 64

/** How values are distributed over buckets. */
export class HistogramInstrument extends Instrument<Distribution> {
  readonly type = 'histogram'
  readonly #bounds: readonly number[]
  readonly #les: readonly string[]
  /** Numbers of series that there are, and room for those to come. */
  #cells = new Float64Array()
  #taken = 0

  constructor(name: string, help: string, max: number, bounds: readonly number[]) {
    super(name, help, max)
    this.#bounds = bounds
    this.#les = [...bounds.map(String), '+Inf']
  }

  protected create(): Distribution {
    const length = this.#les.length + 1
    if (this.#taken + length > this.#cells.length) {
      // As many again as there are, within bounds: few series take little, and many few arrays.
      this.#cells = new Float64Array(length * Math.min(MOST_AT_ONCE, Math.max(1, this.size)))
      this.#taken = 0
    }
    const distribution = new Distribution(this.#bounds, this.#cells, this.#taken)
    this.#taken += length
    return distribution
  }

  protected copies(series: ReadonlyMap<string, Distribution>): Array<readonly [string, Distribution]> {
    const length = this.#les.length + 1
    const cells = new Float64Array(series.size * length)
    let at = -length
    return Array.from(
      series,
      ([labels, distribution]) => [labels, distribution.copyTo(cells, (at += length))] as const,
    )
  }

  protected lines(labels: string, distribution: Distribution, format: ExpositionFormat): string {
    const { sum, exemplars } = distribution
    const prefix = `${this.name}_bucket{${labels === '' ? '' : `${labels},`}le="`
    let total = 0
    let text = ''
    for (let i = 0; i < this.#les.length; i++) {
      total += distribution.count(i)
      text += `${prefix}${this.#les[i]}"} ${total}`
      const exemplar = format === 'openmetrics' ? exemplars?.[i] : undefined
      if (exemplar) {
        const { traceId, spanId, value, at } = exemplar
        text += ` # {trace_id="${traceId}",span_id="${spanId}"} ${numberText(value)} ${at / 1_000}`
      }
      text += '\n'
    }
    return `${text}${this.name}_sum${braces(labels)} ${numberText(sum)}\n${this.name}_count${braces(labels)} ${total}\n`
  }
}

function braces(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}
