import { type KeyValues, nanoseconds } from './otlp.ts'

const CUMULATIVE = 2

/** Attributes and a value of a series. */
export type Value = readonly [attributes: KeyValues, value: number]

/** The counts of a histogram since its process began. */
export interface Counts {
  readonly attributes: KeyValues
  /** One more than the bounds: the last one is above all of them. */
  readonly buckets: number[]
  sum: number
}

/** A metric's name, its unit in UCUM, and what it is. */
export interface Description {
  readonly name: string
  readonly unit: string
  readonly description: string
}

/** A reading of metrics: makes what OTLP has of each in JSON. */
export interface Reading {
  sum(description: Description, values: readonly Value[], isMonotonic?: boolean): object
  gauge(description: Description, values: readonly Value[]): object
  histogram<C extends Counts>(
    description: Description,
    bounds: readonly number[],
    series: readonly C[],
    exemplarsOf?: (counts: C) => readonly object[],
  ): object
}

/** A reading at a time of what is counted since another time, both in milliseconds since 1970. */
export function readingAt(at: number, since: number): Reading {
  const times = { startTimeUnixNano: nanoseconds(since), timeUnixNano: nanoseconds(at) }
  const pointsOf = (values: readonly Value[]) =>
    values.map(([attributes, asDouble]) => ({ attributes, asDouble, ...times }))
  return {
    sum: (description, values, isMonotonic = true) => ({
      ...description,
      sum: { aggregationTemporality: CUMULATIVE, isMonotonic, dataPoints: pointsOf(values) },
    }),
    gauge: (description, values) => ({ ...description, gauge: { dataPoints: pointsOf(values) } }),
    histogram: (description, bounds, series, exemplarsOf = () => []) => ({
      ...description,
      histogram: {
        aggregationTemporality: CUMULATIVE,
        dataPoints: series.map((counts) => ({
          attributes: counts.attributes,
          ...times,
          count: String(counts.buckets.reduce((sum, each) => sum + each, 0)),
          sum: counts.sum,
          explicitBounds: bounds,
          bucketCounts: counts.buckets.map(String),
          exemplars: exemplarsOf(counts),
        })),
      },
    }),
  }
}

/** Counts without observations. */
export function noCounts(attributes: KeyValues, bounds: readonly number[]): Counts {
  return { attributes, buckets: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 }
}

/** Counts a value. Returns the number of its bucket. */
export function observe(counts: Counts, bounds: readonly number[], value: number): number {
  const found = bounds.findIndex((bound) => value <= bound)
  const bucket = found === -1 ? bounds.length : found
  counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1
  counts.sum += value
  return bucket
}
