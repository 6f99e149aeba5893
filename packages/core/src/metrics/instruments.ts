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

  /** The same series, with its numbers in a copy of the array that they lie in. */
  copiedIn(
    copies: ReadonlyMap<Float64Array, Float64Array>,
    exemplars: Distribution['exemplars'],
  ): Distribution {
    const copy = new Distribution(this.#bounds, copies.get(this.#cells) ?? this.#cells, this.#at)
    copy.exemplars = exemplars
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

/** The numbers of one moment. */
interface Numbers<S> {
  /** Those of a series, which is shown in its place. */
  of(series: S, index: number): S
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
    return this.#written(format, this.#series.size, { of: (series) => series })
  }

  /** Takes the numbers only, which are a megabyte where there are 100,000 series. What is written later is made then. */
  now(): Family {
    const { name, help, type } = this
    const { across } = this as Family
    const { size } = this.#series
    const numbers = this.numbersOf(this.#series.values(), size)
    return {
      name,
      help,
      type,
      ...(across && { across }),
      samples: (format) => this.#written(format, size, numbers),
    }
  }

  /** @param count how many there were: series come to the end, and never go */
  *#written(format: ExpositionFormat, count: number, numbers: Numbers<S>): Iterable<string> {
    let index = 0
    for (const [labels, series] of this.#series) {
      if (index >= count) return
      yield this.lines(labels, numbers.of(series, index++), format)
    }
  }

  protected abstract create(): S
  protected abstract numbersOf(all: Iterable<S>, size: number): Numbers<S>
  protected abstract lines(labels: string, series: S, format: ExpositionFormat): string
}

/** Counts that only grow. */
export class CounterInstrument extends Instrument<Count> {
  readonly type = 'counter'

  protected create(): Count {
    return { value: 0 }
  }

  protected numbersOf(all: Iterable<Count>, size: number): Numbers<Count> {
    return countsOf(all, size)
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

  protected numbersOf(all: Iterable<Count>, size: number): Numbers<Count> {
    return countsOf(all, size)
  }

  protected lines(labels: string, { value }: Count): string {
    return `${this.name}${braces(labels)} ${numberText(value)}\n`
  }
}

function countsOf(all: Iterable<Count>, size: number): Numbers<Count> {
  const values = new Float64Array(size)
  let at = 0
  for (const { value } of all) values[at++] = value
  return { of: (_, index) => ({ value: values[index] ?? 0 }) }
}

/** For how many series a histogram makes room at a time. */
const MOST_AT_ONCE = 64

/** How values are distributed over buckets. */
export class HistogramInstrument extends Instrument<Distribution> {
  readonly type = 'histogram'
  readonly #bounds: readonly number[]
  readonly #les: readonly string[]
  /** Numbers of series that there are, and in the last one room for those to come. */
  readonly #blocks: Float64Array[] = []
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
      this.#blocks.push(this.#cells)
      this.#taken = 0
    }
    const distribution = new Distribution(this.#bounds, this.#cells, this.#taken)
    this.#taken += length
    return distribution
  }

  protected numbersOf(all: Iterable<Distribution>): Numbers<Distribution> {
    const copies = new Map(this.#blocks.map((cells) => [cells, cells.slice()]))
    const exemplars = new Map<Distribution, Distribution['exemplars']>()
    for (const each of all) if (each.exemplars) exemplars.set(each, each.exemplars.slice())
    return { of: (each) => each.copiedIn(copies, exemplars.get(each)) }
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
