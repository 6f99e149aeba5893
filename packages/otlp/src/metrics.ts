/** https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/metrics/v1/metrics.proto */
import { type EncoderOptions, toolsOf } from './encoder.ts'
import type {
  Exemplar,
  HistogramPoint,
  MetricFamily,
  NumberPoint,
  PointHead,
  SummaryPoint,
} from './metric-family.ts'
import { BUCKETS, EXEMPLAR, METRIC, NUMBER, POINT, POINTS, QUANTILE, QUANTILES } from './metric-fields.ts'
import type { Scope } from './scope.ts'
import type { Values } from './values.ts'
import type { Field, Writer } from './writer.ts'

/** An entry with some or all points of a family. */
export interface EncodedMetric {
  readonly entry: Uint8Array
  /** Number of data points. */
  readonly points: number
}

/** A larger family is split into several entries, since batches are limited. */
const MAX_ENTRY = 262_144
const CUMULATIVE = 2

/**
 * Creates the encoder of metrics. All sums are cumulative. `time` is the moment of reading, in milliseconds
 * since the epoch. A family without points gives no entry.
 */
export function createMetricEncoder(
  options: EncoderOptions = {},
): (family: MetricFamily, time: number, scope: Scope) => EncodedMetric[] {
  const { writer, values, scopes } = toolsOf(options)

  function begin(family: MetricFamily, scope: Scope): void {
    writer.begin(scopes(scope))
    writer.text(METRIC.name, family.name)
    if (family.description) writer.text(METRIC.description, values.limited(family.description))
    if (family.unit) writer.text(METRIC.unit, family.unit)
    writer.open(KINDS[family.type])
    if (family.type !== 'gauge' && family.type !== 'summary') writer.int(POINTS.temporality, CUMULATIVE)
    if (family.type === 'counter') writer.bool(POINTS.monotonic, true)
    writer.openList(POINTS.points)
  }

  function finish(points: number): EncodedMetric {
    writer.closeList()
    writer.close()
    return { entry: writer.finish(), points }
  }

  /** Begins a point with the fields common to all kinds. */
  function head({ startTime }: PointHead, family: MetricFamily, time: number): void {
    writer.openItem(POINTS.points)
    // A gauge has no start time: it describes one moment.
    if (family.type !== 'gauge') writer.time(POINT.startTime, startTime ?? family.startTime)
    writer.time(POINT.time, time)
  }

  /** Writes the point of a family at `index`. */
  function point(family: MetricFamily, index: number, time: number): void {
    switch (family.type) {
      case 'histogram': {
        const buckets = family.points[index]
        if (buckets === undefined) return
        head(buckets, family, time)
        writeBuckets(writer, values, buckets)
        break
      }
      case 'summary': {
        const quantiles = family.points[index]
        if (quantiles === undefined) return
        head(quantiles, family, time)
        writeQuantiles(writer, values, quantiles)
        break
      }
      default: {
        const number = family.points[index]
        if (number === undefined) return
        head(number, family, time)
        writeNumber(writer, values, number, family.integer === true)
      }
    }
    writer.close()
  }

  return (family, time, scope) => {
    const encoded: EncodedMetric[] = []
    const { length } = family.points
    let from = 0
    for (let index = 0; index < length; index++) {
      if (index === from) begin(family, scope)
      point(family, index, time)
      if (index < length - 1 && writer.size() < MAX_ENTRY) continue
      encoded.push(finish(index + 1 - from))
      from = index + 1
    }
    return encoded
  }
}

const KINDS = {
  counter: METRIC.sum,
  updown: METRIC.sum,
  gauge: METRIC.gauge,
  histogram: METRIC.histogram,
  summary: METRIC.summary,
} as const

function writeNumber(
  writer: Writer,
  values: Values,
  { value, exemplars, attributes }: NumberPoint,
  integer: boolean,
): void {
  if (integer && Number.isSafeInteger(value)) writer.fixed64(NUMBER.int, value)
  else writer.double(NUMBER.double, value)
  writeExemplars(writer, values, NUMBER.exemplars, exemplars)
  values.attributes(NUMBER.attributes, attributes)
}

function writeBuckets(writer: Writer, values: Values, point: HistogramPoint): void {
  writer.fixed64(BUCKETS.count, point.count)
  writer.double(BUCKETS.sum, point.sum)
  writer.counts(BUCKETS.bucketCounts, point.bucketCounts)
  if (point.bounds.length > 0) writer.doubles(BUCKETS.bounds, point.bounds)
  writeExemplars(writer, values, BUCKETS.exemplars, point.exemplars)
  values.attributes(BUCKETS.attributes, point.attributes)
  if (point.min !== undefined) writer.double(BUCKETS.min, point.min)
  if (point.max !== undefined) writer.double(BUCKETS.max, point.max)
}

function writeQuantiles(writer: Writer, values: Values, point: SummaryPoint): void {
  writer.fixed64(QUANTILES.count, point.count)
  writer.double(QUANTILES.sum, point.sum)
  writer.openList(QUANTILES.quantiles)
  for (const { quantile, value } of point.quantiles) {
    writer.openItem(QUANTILES.quantiles)
    writer.double(QUANTILE.quantile, quantile)
    writer.double(QUANTILE.value, value)
    writer.close()
  }
  writer.closeList()
  values.attributes(QUANTILES.attributes, point.attributes)
}

function writeExemplars(
  writer: Writer,
  values: Values,
  of: Field,
  exemplars: readonly Exemplar[] = [],
): void {
  if (exemplars.length === 0) return
  writer.openList(of)
  for (const { time, value, spanId, traceId, attributes } of exemplars) {
    writer.openItem(of)
    writer.time(EXEMPLAR.time, time)
    writer.double(EXEMPLAR.double, value)
    if (spanId !== undefined) writer.hex(EXEMPLAR.spanId, spanId)
    if (traceId !== undefined) writer.hex(EXEMPLAR.traceId, traceId)
    values.attributes(EXEMPLAR.attributes, attributes)
    writer.close()
  }
  writer.closeList()
}
