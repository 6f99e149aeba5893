import type { MetricColumns } from '@sightline/otlp'

import type { Labels, SeriesWriter } from '../../store/samples.ts'

/** What became of a point: written, seen before, or why not. */
export type Outcome = 'written' | 'duplicate' | 'out of order' | 'too many series' | 'invalid'

/** What a point is of: the series of one instrument and one set of attributes. It is found by the identity of these two. */
export interface PointSeries {
  /** Writes the samples of a row. */
  write(columns: MetricColumns, row: number): Outcome
  /** Marks the series as ended at a time: the point has no recorded value. */
  end(time: number): void
}

/** What the series of a point are made of. */
export interface Origin {
  readonly writer: SeriesWriter
  /** The name of the metric, with its suffixes. */
  readonly name: string
  /** Labels of the point, without the name. */
  readonly labels: Labels
  /** Sums and histograms: the points are increments. */
  readonly isDelta: boolean
  /** Sums: the value never decreases. */
  readonly isMonotonic: boolean
}

/** The number of a series of an origin. `undefined` where there are too many. */
export function seriesOf({ writer, name, labels }: Origin, suffix = '', extra?: Labels): number | undefined {
  return writer.series({ ...labels, ...extra, __name__: name + suffix })
}

/** The value that ends a series: promql's staleness marker. */
export const STALE = new Float64Array(BigUint64Array.of(0x7ff0000000000002n).buffer)[0] ?? NaN
