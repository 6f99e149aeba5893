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
import type { Scope } from './scope.ts'
import type { Values } from './values.ts'
import { type Field, type Writer, field } from './writer.ts'

/** An entry with some or all points of a family. */
export interface EncodedMetric {
  readonly entry: Uint8Array
  /** Number of data points. */
  readonly points: number
}

/** A larger family is split into several entries, since batches are limited. */
const MAX_ENTRY = 262_144
const CUMULATIVE = 2

const NAME = field(1, 'name')
const DESCRIPTION = field(2, 'description')
const UNIT = field(3, 'unit')
const GAUGE = field(5, 'gauge')
const SUM = field(7, 'sum')
const HISTOGRAM = field(9, 'histogram')
const SUMMARY = field(11, 'summary')

/** Field of `Gauge`, `Sum`, `Histogram` and `Summary`. */
const POINTS = field(1, 'dataPoints')
const TEMPORALITY = field(2, 'aggregationTemporality')
const MONOTONIC = field(3, 'isMonotonic')

/** Fields of all kinds of points. */
const START_TIME = field(2, 'startTimeUnixNano')
const TIME = field(3, 'timeUnixNano')

const NUMBER = {
  double: field(4, 'asDouble'),
  exemplars: field(5, 'exemplars'),
  int: field(6, 'asInt'),
  attributes: field(7, 'attributes'),
}
const BUCKETS = {
  count: field(4, 'count'),
  sum: field(5, 'sum'),
  bucketCounts: field(6, 'bucketCounts'),
  bounds: field(7, 'explicitBounds'),
  exemplars: field(8, 'exemplars'),
  attributes: field(9, 'attributes'),
  min: field(11, 'min'),
  max: field(12, 'max'),
}
const QUANTILES = {
  count: field(4, 'count'),
  sum: field(5, 'sum'),
  quantiles: field(6, 'quantileValues'),
  attributes: field(7, 'attributes'),
  quantile: field(1, 'quantile'),
  value: field(2, 'value'),
}
const EXEMPLAR = {
  time: field(2, 'timeUnixNano'),
  double: field(3, 'asDouble'),
  spanId: field(4, 'spanId'),
  traceId: field(5, 'traceId'),
  attributes: field(7, 'filteredAttributes'),
}

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
    writer.text(NAME, family.name)
    if (family.description) writer.text(DESCRIPTION, values.limited(family.description))
    if (family.unit) writer.text(UNIT, family.unit)
    writer.open(KINDS[family.type])
    if (family.type !== 'gauge' && family.type !== 'summary') writer.int(TEMPORALITY, CUMULATIVE)
    if (family.type === 'counter') writer.bool(MONOTONIC, true)
    writer.openList(POINTS)
  }

  function finish(points: number): EncodedMetric {
    writer.closeList()
    writer.close()
    return { entry: writer.finish(), points }
  }

  /** Begins a point with the fields common to all kinds. */
  function head({ startTime }: PointHead, family: MetricFamily, time: number): void {
    writer.openItem(POINTS)
    // A gauge has no start time: it describes one moment.
    if (family.type !== 'gauge') writer.time(START_TIME, startTime ?? family.startTime)
    writer.time(TIME, time)
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

const KINDS = { counter: SUM, updown: SUM, gauge: GAUGE, histogram: HISTOGRAM, summary: SUMMARY } as const

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
    writer.double(QUANTILES.quantile, quantile)
    writer.double(QUANTILES.value, value)
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
