import type { SelectedSeries, Selection } from '@sightline/promql'

import type { EventWriter, StoredLog, StoredSpan } from './events.ts'
import type { Labels, MetricMetadata, SeriesWriter, StoredExemplar } from './samples.ts'
import type {
  Condition,
  ErrorDetails,
  ErrorGroup,
  ErrorSearch,
  ErrorState,
  Facet,
  Histogram,
  LogSearch,
  Page,
  SpanComparison,
  SpanComparisonSearch,
  SpanPoints,
  Surroundings,
  TimeRange,
  TraceSearch,
  TraceSummary,
} from './search.ts'

/**
 * A store of telemetry. `describeStore()` in the tests says what a store is. A store is opened in several threads: each ingest thread
 * opens a writer of its own, one thread writes the series, one keeps the house, and each query thread opens a reader.
 */
export interface Store {
  /** `writer` numbers the ingest thread. */
  openEvents(writer: number): EventWriter
  openSeries(): SeriesWriter
  openReader(): StoreReader
  openKeeper(): StoreKeeper
}

/** Answers queries. It must not block writers, and sees what was committed before the call. */
export interface StoreReader {
  /** The spans of a trace, by start. `traceId` in lower-case hex. */
  trace(traceId: string): Promise<readonly StoredSpan[]>
  /** Log records of a trace, oldest first, at most `limit`. */
  traceLogs(traceId: string, limit: number): Promise<readonly StoredLog[]>
  traces(search: TraceSearch): Promise<Page<TraceSummary>>
  logs(search: LogSearch): Promise<Page<StoredLog>>
  /** The records around a cursor, oldest first, the one of the cursor among them. */
  surroundings(of: Surroundings): Promise<readonly StoredLog[]>
  histogram(
    search: { readonly where: Condition; readonly buckets: number; readonly timeMs: number } & TimeRange,
  ): Promise<Histogram>
  facets(
    search: {
      readonly where: Condition
      readonly fields: readonly string[]
      readonly timeMs: number
    } & TimeRange,
  ): Promise<readonly Facet[]>
  /** Matching spans as points, at most `limit`. */
  spanPoints(
    search: { readonly where: Condition; readonly limit: number; readonly timeMs: number } & TimeRange,
  ): Promise<SpanPoints>
  compareSpans(search: SpanComparisonSearch): Promise<SpanComparison>
  errors(search: ErrorSearch): Promise<Page<ErrorGroup>>
  error(fingerprint: string, range: TimeRange): Promise<ErrorDetails | undefined>

  /** As promql's `SeriesSource`. */
  readonly isOrdered?: boolean
  /** How far a query at `time` looks back for a sample, in milliseconds. Missing where a store does not thin out samples. */
  lookbackAt?(this: void, time: number, now: number): number
  /** As promql's `SeriesSource`. */
  select(selection: Selection): Promise<readonly SelectedSeries[]>
  /** Label sets of the series that one of the selections matches, within its time range. */
  series(selections: readonly Selection[]): Promise<readonly Labels[]>
  labelNames(selections: readonly Selection[]): Promise<readonly string[]>
  labelValues(name: string, selections: readonly Selection[]): Promise<readonly string[]>
  metadata(name?: string): Promise<ReadonlyMap<string, MetricMetadata>>
  exemplars(
    selections: readonly Selection[],
  ): Promise<readonly { readonly labels: Labels; readonly exemplars: readonly StoredExemplar[] }[]>
  close(): void
}

/** Keeps a store within its limits, and holds what people say of errors. */
export interface StoreKeeper {
  /** Removes what is too old or too much, after copying what is kept longer. Returns what it did. */
  retain(now: number): Promise<{ readonly removedBytes: number; readonly problems: readonly string[] }>
  setErrorState(fingerprint: string, state: ErrorState, now: bigint): Promise<void>
  state(): Promise<StoreState>
  close(): void
}

/** Sizes in bytes, times in milliseconds since 1970. */
export interface StoreState {
  readonly bytes: { readonly events: number; readonly series: number; readonly kept: number }
  readonly oldest: number | undefined
  readonly newest: number | undefined
  readonly spans: number
  readonly logs: number
  readonly series: number
  /** One sentence for each file that was damaged, set aside or of another version. */
  readonly problems: readonly string[]
}

/** The limits of an embedded store. */
export interface StoreOptions {
  /** The folder of the data. */
  readonly folder: string
  /** Bytes. */
  readonly maxDisk: number
  /** Milliseconds. */
  readonly retention: number
  /** Most series of one job. */
  readonly seriesPerJob: number
}
