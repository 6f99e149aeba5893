import type { Attributes } from './values.ts'

/** All series of one metric, each counted from the same start. */
export type MetricFamily = NumberFamily | HistogramFamily | SummaryFamily

/** What all families have. */
interface FamilyHead {
  readonly name: string
  readonly description: string
  /** A unit of UCUM, such as `s`, `By` or `{request}`. */
  readonly unit: string
  /** When counting began, in milliseconds since the epoch. */
  readonly startTime: number
}

/** A counter only ever grows; an `updown` counter is a sum that may also fall; a gauge is no sum at all. */
interface NumberFamily extends FamilyHead {
  readonly type: 'counter' | 'updown' | 'gauge'
  /** Whether all values are whole by nature. Receivers dislike a series that changes between integers and doubles. */
  readonly integer?: boolean | undefined
  readonly points: readonly NumberPoint[]
}

/** How values are distributed over buckets. */
interface HistogramFamily extends FamilyHead {
  readonly type: 'histogram'
  readonly points: readonly HistogramPoint[]
}

/** Quantiles that were reckoned where the values were. */
interface SummaryFamily extends FamilyHead {
  readonly type: 'summary'
  readonly points: readonly SummaryPoint[]
}

/** What all points have. */
export interface PointHead {
  readonly attributes: Attributes
  /** When counting this series began, where that is later than for the family. */
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
  /** Upper bounds, ascending, inclusive, without the infinite one. */
  readonly bounds: readonly number[]
  /** How many values are in each bucket alone, not in those below: one more than there are bounds. */
  readonly bucketCounts: readonly number[]
  readonly exemplars?: readonly Exemplar[] | undefined
}

/** One series of a summary. */
export interface SummaryPoint extends PointHead {
  readonly count: number
  readonly sum: number
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[]
}

/** One measurement, and the span within which it was made. */
export interface Exemplar {
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
  /** Attributes of the measurement that its series lacks. */
  readonly attributes?: Attributes | undefined
}
