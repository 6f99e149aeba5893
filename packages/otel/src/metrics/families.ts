import type { Exemplar, HistogramPoint, MetricFamily, NumberPoint, SummaryPoint } from '@sightline/otlp'

import type { Sample, ScrapedFamily } from './exposition.ts'
import { isConventional, type MetricName, metricNameOf, conventionalAttributes } from './names.ts'

type Attributes = Readonly<Record<string, string | number>>

/**
 * Turns what a scrape shows into what OTLP carries.
 *
 * @param startTime when counting began, in milliseconds since the epoch
 */
export function familyOf(scraped: ScrapedFamily, startTime: number): MetricFamily {
  const called = metricNameOf(scraped.name)
  const head = { name: called.name, unit: called.unit, description: scraped.help, startTime }
  switch (scraped.type) {
    case 'histogram':
      return { ...head, type: 'histogram', points: histogramPoints(scraped, called) }
    case 'summary':
      return { ...head, type: 'summary', points: summaryPoints(scraped, called) }
    default: {
      const type = scraped.type === 'counter' ? 'counter' : called.updown ? 'updown' : 'gauge'
      return { ...head, type, points: numberPoints(scraped, called) }
    }
  }
}

function attributesOf(labels: Sample['labels'], called: MetricName): Attributes {
  return isConventional(called) ? conventionalAttributes(labels) : labels
}

function numberPoints({ samples }: ScrapedFamily, called: MetricName): NumberPoint[] {
  return samples.map(({ labels, value, exemplar }) => ({
    attributes: attributesOf(labels, called),
    value,
    ...(exemplar && { exemplars: [exemplarOf(exemplar)] }),
  }))
}

/** The samples of each series, which follow each other. `le` and `quantile` tell the samples of one series apart. */
function* seriesOf(
  samples: readonly Sample[],
  apart: string,
): Iterable<{ labels: Sample['labels']; own: Sample[] }> {
  let own: Sample[] = []
  let labels: Sample['labels'] = {}
  let key: string | undefined
  for (const sample of samples) {
    const { [apart]: _apart, ...rest } = sample.labels
    const current = JSON.stringify(rest)
    if (current !== key) {
      if (own.length > 0) yield { labels, own }
      own = []
      labels = rest
      key = current
    }
    own.push(sample)
  }
  if (own.length > 0) yield { labels, own }
}

function histogramPoints({ name, samples }: ScrapedFamily, called: MetricName): HistogramPoint[] {
  const points: HistogramPoint[] = []
  for (const { labels, own } of seriesOf(samples, 'le')) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map((sample) => boundOf(sample.labels.le))
    points.push({
      attributes: attributesOf(labels, called),
      count: valueOf(own, `${name}_count`),
      sum: valueOf(own, `${name}_sum`),
      bounds: bounds.filter(Number.isFinite),
      // A scrape counts each bucket with all below it, OTLP each one alone.
      bucketCounts: buckets.map(({ value }, i) => value - (buckets[i - 1]?.value ?? 0)),
      exemplars: buckets.flatMap(({ exemplar }) => (exemplar ? [exemplarOf(exemplar)] : [])),
    })
  }
  return points
}

function summaryPoints({ name, samples }: ScrapedFamily, called: MetricName): SummaryPoint[] {
  const points: SummaryPoint[] = []
  for (const { labels, own } of seriesOf(samples, 'quantile')) {
    points.push({
      attributes: attributesOf(labels, called),
      count: valueOf(own, `${name}_count`),
      sum: valueOf(own, `${name}_sum`),
      quantiles: own
        .filter((sample) => sample.labels.quantile !== undefined)
        .map((sample) => ({ quantile: Number(sample.labels.quantile), value: sample.value })),
    })
  }
  return points
}

function boundOf(le: string | undefined): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
}

function valueOf(samples: readonly Sample[], name: string): number {
  return samples.find((sample) => sample.name === name)?.value ?? 0
}

function exemplarOf({ labels, value, time }: NonNullable<Sample['exemplar']>): Exemplar {
  const { trace_id: traceId, span_id: spanId, ...rest } = labels
  return {
    value,
    time: time ?? Date.now(),
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    ...(Object.keys(rest).length > 0 && { attributes: rest }),
  }
}
