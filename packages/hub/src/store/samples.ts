/** Labels of a series, `__name__` included, in any order. A label with an empty value is the same as none. */
export type Labels = Readonly<Record<string, string>>

/** What is known of a metric name, as in Prometheus' `metadata`. */
export interface MetricMetadata {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown'
  readonly help: string
  readonly unit: string
}

/** An example of what a series counted. */
export interface StoredExemplar {
  /** `trace_id` and `span_id` among them. */
  readonly labels: Labels
  readonly value: number
  /** Milliseconds since 1970. */
  readonly time: number
}

/**
 * Writes samples. All calls are synchronous and belong to one thread, since one thread owns the series.
 * Samples are durable after `commit`.
 */
export interface SeriesWriter {
  /**
   * The number of a series, which is made where it is new. `undefined` where its job has reached its limit of
   * series; the refusal is counted. A number stays valid until `close`: callers keep it in caches.
   */
  series(labels: Labels): number | undefined
  /** Counts samples of a series that `series` has refused, for callers that remember the refusal. */
  refuse(job: string, samples: number): void
  /**
   * Adds a sample. `time` is in milliseconds since 1970, of which the whole ones count. A sample that is older than the newest one of its
   * series, or has the same time and another value, is refused and counted. A staleness marker is a value with the bits
   * of promql's `STALE_BITS`.
   */
  append(series: number, time: number, value: number): void
  /**
   * Says that a counter began at zero: adds a sample of 0 at `time` if that is newer than the newest sample of the series. Otherwise
   * nothing is added, refused or counted. Returns whether the series has no later sample.
   */
  begin(series: number, time: number): boolean
  exemplar(series: number, exemplar: StoredExemplar): void
  metadata(name: string, metadata: MetricMetadata): void
  /**
   * Makes durable what was added since the last commit. What a failed commit has not stored is kept, and stored by the next one.
   * @throws the error of the store, such as a full disk.
   */
  commit(): void
  /**
   * Moves committed batches into chunks of series, thins out old chunks, and deletes what is too old. Takes about ten
   * milliseconds per call, and returns whether work is left: then it is called again soon, after the next commit.
   */
  tend(now: number): boolean
  /** Counts since the start. */
  readonly counts: SeriesCounts
  close(): void
}

/** What a writer of series has done since its start. */
export interface SeriesCounts {
  readonly samples: number
  readonly exemplars: number
  /** Samples older than the newest of their series, or duplicates of another value. */
  readonly outOfOrder: number
  /** Samples of series beyond the limit of their job, by job. */
  readonly overLimit: ReadonlyMap<string, number>
  /** Series in use, by job. */
  readonly series: ReadonlyMap<string, number>
}
