/** The model of a metric: numbers, not text. Each reader decides on the format. A scrape as text is one of them. */
import type { Labelled } from './labels.ts'

export type FamilyType = Family['type']

/**
 * How the values of several processes are combined, per label set. `each`: not combined, but kept apart by a label
 * `worker`. `same`: all processes report the same value, so it counts once.
 */
export type Across = 'sum' | 'min' | 'max' | 'average' | 'same' | 'each'

/** All series of one name. */
export type Family = NumberFamily | HistogramFamily | SummaryFamily

/** The common part of all families. */
interface FamilyHead {
  /** As in the text format: a counter's name ends in `_total`. */
  readonly name: string
  readonly help: string
  /** Default: `sum` for counters and histograms, else `each`. */
  readonly across?: Across
}

/** A family with one number per label set. */
export interface NumberFamily extends FamilyHead {
  readonly type: 'counter' | 'gauge' | 'unknown'
  /** The current numbers. The objects are created during the iteration, so a long family can be read in pieces. */
  series(): Iterable<NumberSeries>
}

/** A family with a histogram per label set. */
export interface HistogramFamily extends FamilyHead {
  readonly type: 'histogram'
  /** As in {@link NumberFamily}. */
  series(): Iterable<HistogramSeries>
}

/** A family with quantiles per label set. They are calculated in the process that observes the values. */
export interface SummaryFamily extends FamilyHead {
  readonly type: 'summary'
  /** As in {@link NumberFamily}. */
  series(): Iterable<SummarySeries>
}

/** One label set and its numbers, which no longer change. */
export type Series = NumberSeries | HistogramSeries | SummarySeries

/** One series of a counter or gauge. */
export interface NumberSeries extends Labelled {
  readonly value: number
  readonly exemplar?: Exemplar | undefined
}

/** One series of a histogram. */
export interface HistogramSeries extends Labelled {
  /** Upper bounds, ascending, inclusive, without infinity. Series of one family may share the array. */
  readonly bounds: readonly number[]
  /** The count of one bucket alone, not cumulative. The bucket after the last bound counts the values above it. */
  inBucket(index: number): number
  readonly sum: number
  /** Per bucket. */
  readonly exemplars?: ReadonlyArray<Exemplar | undefined> | undefined
}

/** One series of a summary. */
export interface SummarySeries extends Labelled {
  readonly quantiles: ReadonlyArray<{ readonly quantile: number; readonly value: number }>
  readonly sum: number
  readonly count: number
}

/** One measurement with its span. */
export interface Exemplar {
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
  /** Labels besides those of the span. */
  readonly labels?: Readonly<Record<string, string | number>> | undefined
  readonly value: number
  /** Milliseconds since the epoch. `undefined`: unknown. */
  readonly time: number | undefined
}

/** A copy of a family that keeps the current numbers. */
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

/** How the values of several processes are combined. */
export function acrossOf({ type, across }: Pick<Family, 'type' | 'across'>): Across {
  return across ?? (type === 'counter' || type === 'histogram' ? 'sum' : 'each')
}
