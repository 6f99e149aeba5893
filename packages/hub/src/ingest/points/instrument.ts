import type { AttributeSet, ReadMetric } from '@sightline/otlp'

import type { Labels, MetricMetadata, SeriesWriter } from '../../store/samples.ts'
import { ExponentialPoint } from './exponential-point.ts'
import { HistogramPoint } from './histogram-point.ts'
import { pointLabels, targetLabels } from './naming/labels.ts'
import { metricName } from './naming/names.ts'
import { NumberPoint } from './number-point.ts'
import type { Origin, PointSeries } from './point.ts'
import { SummaryPoint } from './summary-point.ts'

/** The series of one set of attributes, shared by all instruments that have the same ones. */
export interface SharedPoint {
  readonly point: PointSeries
  readonly kind: ReadMetric['kind']
  readonly isDelta: boolean
  used: number
}

/** What is known of one set of attributes of an instrument. */
interface Entry {
  /** `undefined` while the job has too many series. */
  shared: SharedPoint | undefined
  used: number
  /** When the series are asked for again. */
  retry: number
}

/** An instrument, and the series of each of its sets of attributes. */
export interface Instrument {
  readonly metric: ReadMetric
  /** `undefined` where its points cannot be stored, for `reason`. */
  readonly name: string | undefined
  readonly reason: string
  readonly target: Labels
  readonly entries: Map<AttributeSet, Entry>
  used: number
}

/** An instrument without series. */
export function newInstrument(metric: ReadMetric, now: number): Instrument {
  const { kind, temporality } = metric
  const isUnspecified = kind !== 'gauge' && kind !== 'summary' && temporality === 'unspecified'
  const name = isUnspecified ? undefined : metricName(metric)
  return {
    metric,
    name,
    reason: isUnspecified ? 'points without a temporality' : 'points whose metric has no name',
    target: targetLabels(metric.resource),
    entries: new Map(),
    used: now,
  }
}

/** What the series of an instrument's point are made of. */
export function originOf(
  writer: SeriesWriter,
  { metric, target }: Instrument,
  name: string,
  set: AttributeSet,
): Origin {
  return {
    writer,
    name,
    labels: pointLabels(set, target, {}),
    isDelta: metric.temporality === 'delta' && metric.kind !== 'gauge' && metric.kind !== 'summary',
    isMonotonic: metric.kind === 'sum' && metric.monotonic,
  }
}

/** The series of a point. `undefined` where the job has too many. */
export function pointOf(origin: Origin, kind: ReadMetric['kind']): PointSeries | undefined {
  switch (kind) {
    case 'histogram':
      return new HistogramPoint(origin)
    case 'exponential':
      return new ExponentialPoint(origin)
    case 'summary':
      return SummaryPoint.of(origin)
    default:
      return NumberPoint.of(origin)
  }
}

/** What Prometheus' metadata says of an instrument. */
export function metadataOf({ kind, monotonic, description, unit }: ReadMetric): MetricMetadata {
  const type =
    kind === 'sum' ? (monotonic ? 'counter' : 'gauge') : kind === 'exponential' ? 'histogram' : kind
  return { type, help: description, unit }
}
