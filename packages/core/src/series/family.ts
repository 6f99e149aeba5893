/** A metric as numbers. How it is written or sent is up to its reader: the text of a scrape is one of several forms. */
import type { Labelled } from './labels.ts'

export type FamilyType = Family['type']

/**
 * How the values of several processes become those of a whole, by label set. `each`: they do not, and a label `worker`
 * tells them apart. `same`: all say the same of what they have in common, and it counts once.
 */
export type Across = 'sum' | 'min' | 'max' | 'average' | 'same' | 'each'

/** All series of one name. */
export type Family = NumberFamily | HistogramFamily | SummaryFamily

/** What all families have. */
interface FamilyHead {
  /** As in the text format: a counter's name ends in `_total`. */
  readonly name: string
  readonly help: string
  /** Default: `sum` for counters and histograms, else `each`. */
  readonly across?: Across
}

/** A family with one number for each label set. */
export interface NumberFamily extends FamilyHead {
  readonly type: 'counter' | 'gauge' | 'unknown'
  /** The numbers of the moment of the call. The objects are made while they are read: a long family is read in pieces. */
  series(): Iterable<NumberSeries>
}

/** A family with a distribution over buckets for each label set. */
export interface HistogramFamily extends FamilyHead {
  readonly type: 'histogram'
  /** As those of a {@link NumberFamily}. */
  series(): Iterable<HistogramSeries>
}

/** A family with quantiles for each label set. They are calculated where the values are observed. */
export interface SummaryFamily extends FamilyHead {
  readonly type: 'summary'
  /** As those of a {@link NumberFamily}. */
  series(): Iterable<SummarySeries>
}

/** One label set and its numbers. They do not change any more. */
export type Series = NumberSeries | HistogramSeries | SummarySeries

/** One series of a counter or gauge. */
export interface NumberSeries extends Labelled {
  readonly value: number
  readonly exemplar?: Exemplar | undefined
}

/** One series of a histogram. */
export interface HistogramSeries extends Labelled {
  /** Upper bounds, ascending, inclusive, without the infinite one. Series of one family may share the array. */
  readonly bounds: readonly number[]
  /** The number of values in one bucket alone. There is one bucket more than bounds, for values above all of them. */
  inBucket(index: number): number
  readonly sum: number
  /** By bucket. */
  readonly exemplars?: ReadonlyArray<Exemplar | undefined> | undefined
}

/** One series of a summary. */
export interface SummarySeries extends Labelled {
  readonly quantiles: ReadonlyArray<{ readonly quantile: number; readonly value: number }>
  readonly sum: number
  readonly count: number
}

/** One measurement, and the span in which it was made. */
export interface Exemplar {
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
  /** Labels besides those of the span. */
  readonly labels?: Readonly<Record<string, string | number>> | undefined
  readonly value: number
  /** Milliseconds since the epoch; `undefined`: unknown. */
  readonly time: number | undefined
}

/** A family that keeps its numbers of this moment, whenever they are read. */
export function familyNow(family: Family): Family {
  const { name, help, across } = family
  const head = { name, help, ...(across && { across }) }
  switch (family.type) {
    case 'histogram':
      return { ...head, type: family.type, series: held(family.series()) }
    case 'summary':
      return { ...head, type: family.type, series: held(family.series()) }
    default:
      return { ...head, type: family.type, series: held(family.series()) }
  }
}

function held<S>(series: Iterable<S>): () => Iterable<S> {
  return () => series
}

/** How the values of several processes become those of a whole. */
export function acrossOf({ type, across }: Pick<Family, 'type' | 'across'>): Across {
  return across ?? (type === 'counter' || type === 'histogram' ? 'sum' : 'each')
}
