import type {
  AttributeSet,
  ExponentialBuckets,
  MetricColumns,
  ReadMetric,
  ReadResource,
  ReadScope,
} from '../columns.ts'
import { Lists, longerNumbers, longerWords, Times } from './columns.ts'
import { Exemplars } from './exemplars.ts'
import { Rows } from './rows.ts'

/** Bit of `DataPointFlags`: the point has no recorded value. */
const NO_RECORDED_VALUE = 1

/** Points of metrics, in columns that grow. */
export class Points extends Rows implements MetricColumns {
  metrics: readonly ReadMetric[] = []
  sets: readonly AttributeSet[] = []
  metric = new Uint32Array(0)
  set = new Uint32Array(0)
  readonly starts = new Times()
  readonly times = new Times()
  flags = new Uint32Array(0)
  values = new Float64Array(0)
  counts = new Float64Array(0)
  sums = new Float64Array(0)
  readonly buckets = new Lists()
  readonly bounds = new Lists()
  exponential = new Uint32Array(0)
  exponentials: ExponentialBuckets[] = []
  readonly quantiles = new Lists()
  readonly quantileValues = new Lists()
  readonly exemplars = new Exemplars()

  /** The interned resource and scope at these indexes. */
  originOf(resource: number, scope: number): { readonly resource: ReadResource; readonly scope: ReadScope } {
    const own = { resource: this.resources[resource], scope: this.scopes[scope] }
    if (own.resource === undefined || own.scope === undefined)
      throw new RangeError('No such resource or scope.')
    return { resource: own.resource, scope: own.scope }
  }

  /** Makes room for a point of the metric at this index. `false` if the request has too many items. */
  roomIn(metric: number): boolean {
    if (!this.room()) return false
    this.metric[this.rows] = metric
    return true
  }

  /** Rejects the points of a metric without a name. */
  rejectMetric(count: number): void {
    this.interned.tally.reject('the metric has no name', count)
  }

  /** Keeps the row after the last one as a point of a gauge or a sum. */
  keepNumber(hasValue: boolean): void {
    if (hasValue || this.#isUnrecorded()) this.#keep()
    else this.#reject('the point has no value')
  }

  /** Keeps the row after the last one as a point of an explicit histogram. */
  keepHistogram(): void {
    const row = this.rows
    const buckets = this.buckets.sizeOf(row)
    const bounds = this.bounds.sizeOf(row)
    if (buckets === 0 ? bounds > 0 : buckets !== bounds + 1)
      this.#reject('the number of buckets does not fit to the number of bounds')
    else if (!this.#areAscending()) this.#reject('the bounds of the buckets are not ascending')
    else this.#keep()
  }

  /** Keeps the row after the last one as a point of an exponential histogram. */
  keepExponential(buckets: ExponentialBuckets): void {
    this.exponential[this.rows] = this.exponentials.length
    if (this.#keep()) this.exponentials.push(buckets)
  }

  /** Keeps the row after the last one as a point of a summary. */
  keepSummary(): void {
    this.#keep()
  }

  #keep(): boolean {
    const row = this.rows
    if (this.times.ms[row] === 0 && this.times.ns[row] === 0) {
      this.#reject('the point has no time')
      return false
    }
    this.buckets.end(row)
    this.bounds.end(row)
    this.quantiles.end(row)
    this.quantileValues.end(row)
    this.exemplars.end(row)
    this.rows++
    return true
  }

  #reject(cause: string): void {
    const row = this.rows
    this.interned.tally.reject(cause)
    this.buckets.discard(row)
    this.bounds.discard(row)
    this.quantiles.discard(row)
    this.quantileValues.discard(row)
    this.exemplars.discard(row)
  }

  #isUnrecorded(): boolean {
    return ((this.flags[this.rows] ?? 0) & NO_RECORDED_VALUE) !== 0
  }

  #areAscending(): boolean {
    const { numbers, offsets } = this.bounds
    const start = offsets[this.rows] ?? 0
    const end = start + this.bounds.sizeOf(this.rows)
    // The negated comparison is true for NaN as well.
    for (let at = start + 1; at < end; at++) if (!((numbers[at - 1] ?? 0) < (numbers[at] ?? 0))) return false
    return true
  }

  protected override reset(): void {
    const { origins } = this.interned
    this.metrics = origins.metrics.begin()
    this.sets = origins.sets.begin()
    this.exponentials = []
    this.buckets.begin()
    this.bounds.begin()
    this.quantiles.begin()
    this.quantileValues.begin()
    this.exemplars.begin()
  }

  protected override grow(length: number): void {
    this.metric = longerWords(this.metric, length)
    this.set = longerWords(this.set, length)
    this.starts.grow(length)
    this.times.grow(length)
    this.flags = longerWords(this.flags, length)
    this.values = longerNumbers(this.values, length)
    this.counts = longerNumbers(this.counts, length)
    this.sums = longerNumbers(this.sums, length)
    this.buckets.growRows(length)
    this.bounds.growRows(length)
    this.exponential = longerWords(this.exponential, length)
    this.quantiles.growRows(length)
    this.quantileValues.growRows(length)
    this.exemplars.growRows(length)
  }

  protected override clear(row: number): void {
    this.starts.clear(row)
    this.times.clear(row)
    this.flags[row] = 0
    this.values[row] = 0
    this.counts[row] = 0
    this.sums[row] = 0
    this.exponential[row] = 0
  }
}
