import type {
  Exemplar as SeriesExemplar,
  Family,
  HistogramSeries,
  Labelled,
  NumberSeries,
  SummarySeries,
} from '@sightline/core/telemetry'
import type { Exemplar, HistogramPoint, MetricFamily, NumberPoint, SummaryPoint } from '@sightline/otlp'

import { conventionalAttributes, isConventional, metricNameOf } from './names.ts'

type Attributes = Readonly<Record<string, string | number>>

/** How many series become points before others get their turn: about half a millisecond's worth. */
const SERIES_PER_PART = 256

/**
 * Turns what a scrape shows into what OTLP carries. A long family comes in parts.
 *
 * @param startTime when counting began, in milliseconds since the epoch
 */
export function* partsOf(family: Family, startTime: number): Iterable<MetricFamily> {
  const { name, help, type } = family
  const called = metricNameOf(type === 'counter' ? name.replace(/_total$/, '') : name)
  const attributesOf = isConventional(called)
    ? ({ labels }: Labelled) => conventionalAttributes(labels)
    : ({ labels }: Labelled) => labels
  const head = { name: called.name, unit: called.unit, description: help, startTime }
  switch (family.type) {
    case 'histogram':
      for (const points of pointsOf(family.series(), (series) =>
        histogramPoint(series, attributesOf(series)),
      ))
        yield { ...head, type: 'histogram', points }
      break
    case 'summary':
      for (const points of pointsOf(family.series(), (series) => summaryPoint(series, attributesOf(series))))
        yield { ...head, type: 'summary', points }
      break
    default: {
      const kind = type === 'counter' ? 'counter' : called.updown ? 'updown' : 'gauge'
      for (const points of pointsOf(family.series(), (series) => numberPoint(series, attributesOf(series))))
        yield { ...head, type: kind, points }
    }
  }
}

/** What is made of some series at a time. */
function* pointsOf<S, P>(series: Iterable<S>, pointOf: (series: S) => P): Iterable<P[]> {
  let points: P[] = []
  for (const each of series) {
    points.push(pointOf(each))
    if (points.length < SERIES_PER_PART) continue
    yield points
    points = []
  }
  if (points.length > 0) yield points
}

function numberPoint({ value, exemplar }: NumberSeries, attributes: Attributes): NumberPoint {
  return { attributes, value, ...(exemplar && { exemplars: [exemplarOf(exemplar)] }) }
}

function histogramPoint(series: HistogramSeries, attributes: Attributes): HistogramPoint {
  const { bounds, sum, exemplars = [] } = series
  const bucketCounts: number[] = []
  let count = 0
  for (let bucket = 0; bucket <= bounds.length; bucket++) {
    const own = series.inBucket(bucket)
    bucketCounts.push(own)
    count += own
  }
  return {
    attributes,
    count,
    sum,
    bounds,
    bucketCounts,
    exemplars: exemplars.flatMap((exemplar) => (exemplar ? [exemplarOf(exemplar)] : [])),
  }
}

function summaryPoint({ quantiles, sum, count }: SummarySeries, attributes: Attributes): SummaryPoint {
  return { attributes, count, sum, quantiles }
}

function exemplarOf({ traceId, spanId, labels, value, time = Date.now() }: SeriesExemplar): Exemplar {
  return {
    value,
    time,
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    ...(labels && { attributes: labels }),
  }
}
