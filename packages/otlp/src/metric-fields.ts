/**
 * The fields of metrics.proto, for writers and readers:
 * https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/metrics/v1/metrics.proto
 */
import { field } from './writer.ts'

/** `Metric`: one of the last five holds the points. */
export const METRIC = {
  name: field(1, 'name'),
  description: field(2, 'description'),
  unit: field(3, 'unit'),
  gauge: field(5, 'gauge'),
  sum: field(7, 'sum'),
  histogram: field(9, 'histogram'),
  exponential: field(10, 'exponentialHistogram'),
  summary: field(11, 'summary'),
} as const

/** `Gauge`, `Sum`, `Histogram`, `ExponentialHistogram` and `Summary`. */
export const POINTS = {
  points: field(1, 'dataPoints'),
  temporality: field(2, 'aggregationTemporality'),
  monotonic: field(3, 'isMonotonic'),
} as const

/** Fields that have the same number in all kinds of points. */
export const POINT = {
  startTime: field(2, 'startTimeUnixNano'),
  time: field(3, 'timeUnixNano'),
} as const

/** `NumberDataPoint`. */
export const NUMBER = {
  double: field(4, 'asDouble'),
  exemplars: field(5, 'exemplars'),
  int: field(6, 'asInt'),
  attributes: field(7, 'attributes'),
  flags: field(8, 'flags'),
} as const

/** `HistogramDataPoint`. */
export const BUCKETS = {
  count: field(4, 'count'),
  sum: field(5, 'sum'),
  bucketCounts: field(6, 'bucketCounts'),
  bounds: field(7, 'explicitBounds'),
  exemplars: field(8, 'exemplars'),
  attributes: field(9, 'attributes'),
  flags: field(10, 'flags'),
  min: field(11, 'min'),
  max: field(12, 'max'),
} as const

/** `ExponentialHistogramDataPoint`. */
export const EXPONENTIAL = {
  attributes: field(1, 'attributes'),
  count: field(4, 'count'),
  sum: field(5, 'sum'),
  scale: field(6, 'scale'),
  zeroCount: field(7, 'zeroCount'),
  positive: field(8, 'positive'),
  negative: field(9, 'negative'),
  flags: field(10, 'flags'),
  exemplars: field(11, 'exemplars'),
  zeroThreshold: field(14, 'zeroThreshold'),
} as const

/** `ExponentialHistogramDataPoint.Buckets`. */
export const EXPONENTIAL_BUCKETS = {
  offset: field(1, 'offset'),
  bucketCounts: field(2, 'bucketCounts'),
} as const

/** `SummaryDataPoint`. */
export const QUANTILES = {
  count: field(4, 'count'),
  sum: field(5, 'sum'),
  quantiles: field(6, 'quantileValues'),
  attributes: field(7, 'attributes'),
  flags: field(8, 'flags'),
} as const

/** `SummaryDataPoint.ValueAtQuantile`. */
export const QUANTILE = { quantile: field(1, 'quantile'), value: field(2, 'value') } as const

/** `Exemplar`. */
export const EXEMPLAR = {
  time: field(2, 'timeUnixNano'),
  double: field(3, 'asDouble'),
  spanId: field(4, 'spanId'),
  traceId: field(5, 'traceId'),
  int: field(6, 'asInt'),
  attributes: field(7, 'filteredAttributes'),
} as const
