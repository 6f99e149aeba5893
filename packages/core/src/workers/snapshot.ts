import { sameBounds } from '../series/distribution.ts'
import type {
  Across,
  Family,
  FamilyType,
  HistogramSeries,
  NumberSeries,
  SummarySeries,
} from '../series/family.ts'
import { type Labelled, labelsIn, type SeriesLabels } from '../series/labels.ts'
import type { Numbers, Piece } from './pieces.ts'

/** One family of a worker. */
export interface SnapshotFamily {
  readonly name: string
  readonly help: string
  readonly type: FamilyType
  readonly across: Across
  /** The upper bounds of a histogram's buckets. `undefined`: another type, or no series. */
  readonly bounds: readonly number[] | undefined
  /** By label text. */
  readonly series: ReadonlyMap<string, Numbers>
}

/** All families of a worker, by name. */
export type Snapshot = ReadonlyMap<string, SnapshotFamily>

/** Reads the pieces of a worker's answer. */
export class SnapshotReader {
  readonly #families = new Map<string, SnapshotFamily & { readonly series: Map<string, Numbers> }>()

  get snapshot(): Snapshot {
    return this.#families
  }

  take(piece: Piece): void {
    for (const { name, help, type, across, bounds, rows } of piece) {
      const before = this.#families.get(name)
      const series = before?.series ?? new Map<string, Numbers>()
      const family = { name, help, type, across, bounds: before?.bounds ?? bounds, series }
      this.#families.set(name, family)
      for (const [labelText, ...numbers] of rows)
        series.set(labelText, inBuckets(numbers.map(Number), bounds, family.bounds))
    }
  }
}

/**
 * Converts the numbers of a histogram to other buckets. Buckets differ if workers run different versions of a service.
 * A count moves to the first bucket that contains all its values.
 */
export function inBuckets(
  numbers: Numbers,
  own: readonly number[] | undefined,
  wanted: readonly number[] | undefined,
): Numbers {
  if (own === undefined || wanted === undefined || sameBounds(own, wanted)) return numbers
  const [sum = 0, ...counts] = numbers
  const buckets = Array.from({ length: wanted.length + 1 }, () => 0)
  for (const [index, count] of counts.entries()) {
    const upper = own[index] ?? Number.POSITIVE_INFINITY
    const found = wanted.findIndex((bound) => bound >= upper)
    const at = found < 0 ? wanted.length : found
    buckets[at] = (buckets[at] ?? 0) + count
  }
  return [sum, ...buckets]
}

/** A combined family. */
export function wholeFamily({ name, help, type, across, bounds = [], series }: SnapshotFamily): Family {
  // The combination may itself be a part: of a cluster whose worker has threads.
  const head = { name, help, across }
  switch (type) {
    case 'histogram':
      return {
        ...head,
        type,
        series: () => seriesOf(series, (text, numbers) => new WholeHistogram(text, numbers, bounds)),
      }
    case 'summary':
      return {
        ...head,
        type,
        series: () => seriesOf(series, (text, numbers) => new WholeSummary(text, numbers)),
      }
    default:
      return {
        ...head,
        type,
        series: () => seriesOf(series, (text, numbers) => new WholeNumber(text, numbers)),
      }
  }
}

function* seriesOf<S>(
  series: SnapshotFamily['series'],
  make: (labelText: string, numbers: Numbers) => S,
): Iterable<S> {
  for (const [labelText, numbers] of series) yield make(labelText, numbers)
}

/** One series of a combined family. */
class WholeSeries implements Labelled {
  readonly labelText: string
  protected readonly numbers: Numbers

  constructor(labelText: string, numbers: Numbers) {
    this.labelText = labelText
    this.numbers = numbers
  }

  get labels(): SeriesLabels {
    return labelsIn(this.labelText)
  }
}

class WholeNumber extends WholeSeries implements NumberSeries {
  get value(): number {
    return this.numbers[0] ?? 0
  }
}

class WholeHistogram extends WholeSeries implements HistogramSeries {
  readonly bounds: readonly number[]

  constructor(labelText: string, numbers: Numbers, bounds: readonly number[]) {
    super(labelText, numbers)
    this.bounds = bounds
  }

  get sum(): number {
    return this.numbers[0] ?? 0
  }

  inBucket(index: number): number {
    return this.numbers[index + 1] ?? 0
  }
}

class WholeSummary extends WholeSeries implements SummarySeries {
  get sum(): number {
    return this.numbers[0] ?? 0
  }

  get count(): number {
    return this.numbers[1] ?? 0
  }

  get quantiles(): SummarySeries['quantiles'] {
    const quantiles: Array<{ quantile: number; value: number }> = []
    for (let at = 2; at + 1 < this.numbers.length; at += 2)
      quantiles.push({ quantile: this.numbers[at] ?? 0, value: this.numbers[at + 1] ?? 0 })
    return quantiles
  }
}
