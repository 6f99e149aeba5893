import type { Attributes } from './values.ts'

/** All series of one metric, with a common start time. */
export type MetricFamily = NumberFamily | HistogramFamily | SummaryFamily

/** The properties of all families. */
interface FamilyHead {
  readonly name: string
  readonly description: string
  /** A UCUM unit, such as `s`, `By` or `{request}`. */
  readonly unit: string
  /** Start of counting, in milliseconds since the epoch. */
  readonly startTime: number
}

/** A `counter` only grows. An `updown` counter is a sum that may fall. A `gauge` is no sum. */
interface NumberFamily extends FamilyHead {
  readonly type: 'counter' | 'updown' | 'gauge'
  /**
   * Whether all values are integers by nature. Receivers dislike a series that switches between integers and
   * doubles.
   */
  readonly integer?: boolean | undefined
  readonly points: readonly NumberPoint[]
}

/** Distributions over buckets. */
interface HistogramFamily extends FamilyHead {
  readonly type: 'histogram'
  readonly points: readonly HistogramPoint[]
}

/** Quantiles computed at the source. */
interface SummaryFamily extends FamilyHead {
  readonly type: 'summary'
  readonly points: readonly SummaryPoint[]
}

/** The properties of all points. */
export interface PointHead {
  readonly attributes: Attributes
  /** Start of counting for this series, if later than that of the family. */
  readonly startTime?: number | undefined
}

/** One series of a counter or gauge. */
export interface NumberPoint extends PointHead {
  readonly value: number
  readonly exemplars?: readonly Exemplar[] | undefined
}

/** One series of a histogram. */
export interface HistogramPoint extends PointHead {
  readonly count: number
  readonly sum: number
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Upper bounds, ascending and inclusive, without infinity. */
  readonly bounds: readonly number[]
  /** Number of values per bucket, not cumulative. One more entry than `bounds`. */
  readonly bucketCounts: readonly number[]
  readonly exemplars?: readonly Exemplar[] | undefined
}

/** One series of a summary. */
export interface SummaryPoint extends PointHead {
  readonly count: number
  readonly sum: number
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[]
}

/** One measurement, with the span that made it. */
export interface Exemplar {
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
  /** Attributes of the measurement that are not attributes of its series. */
  readonly attributes?: Attributes | undefined
}
