import { LabelSet } from './labels/label-set.ts'
import type { Matcher } from './labels/matcher.ts'

/** What a query needs of a store: the series that match, and their samples of a time range. */
export interface Selection {
  /** All of them must match. A series without a label has the empty value for it. */
  readonly matchers: readonly Matcher[]
  /** Milliseconds since 1970, included. */
  readonly start: number
  /** Milliseconds since 1970, included. */
  readonly end: number
  /** Aborted where the query is cancelled. */
  readonly signal?: AbortSignal
}

/**
 * A series and its samples: `times` in milliseconds, ascending without duplicates, and a value for each of them. A value
 * with the bits of `STALE_BITS` marks the end of a series. Samples outside of the selected time range do no harm. The
 * arrays are read until the query ends and never written.
 */
export interface SelectedSeries {
  /** The labels, `__name__` included. */
  readonly labels: Readonly<Record<string, string>>
  /** `LabelSet.of(labels)`, from a source that keeps it for the next query. */
  readonly set?: LabelSet
  readonly times: Float64Array
  readonly values: Float64Array
}

/** A store of series, as a query sees it. */
export interface SeriesSource {
  /** Whether `select` returns series in the order of `LabelSet.compare`. Otherwise each query orders them. */
  readonly isOrdered?: boolean
  /** The series of a selection, each once. */
  select(selection: Selection): Iterable<SelectedSeries> | Promise<Iterable<SelectedSeries>>
}

/** The bits of the staleness marker: a NaN that no calculation results in. */
export const STALE_BITS = 0x7ff0000000000002n

/** Writes a staleness marker into an array of values. */
export function markStale(values: Float64Array, index: number): void {
  new BigUint64Array(values.buffer, values.byteOffset, values.length)[index] = STALE_BITS
}

/** A source that holds its series in memory: for tests, and for small amounts of data. */
export function memorySource(series: readonly SelectedSeries[]): SeriesSource {
  const labelled = series.map((one) => ({ ...one, set: LabelSet.of(one.labels) }))
  return {
    select: ({ matchers }) =>
      labelled.filter(({ set }) => matchers.every((matcher) => matcher.matches(set.get(matcher.name)))),
  }
}
