export { writeResponse, writeRpcStatus } from './answer-writer.ts'
export { readReason, readVerdict, type Verdict } from './answer.ts'
export { createBatchEncoder, type Signal } from './batch.ts'
export { type EncoderOptions, type Tools, toolsOf } from './encoder.ts'
export { createLogEncoder, type LogRecord } from './logs.ts'
export type { Exemplar, HistogramPoint, MetricFamily, NumberPoint, SummaryPoint } from './metric-family.ts'
export { createMetricEncoder } from './metrics.ts'
export { SPAN } from './fields.ts'
export type { Scope } from './scope.ts'
export {
  createSpanEncoder,
  type FinishedSpan,
  flagsOf,
  SPAN_KINDS,
  type SpanEvent,
  type SpanLink,
  type SpanStatus,
  writeEvents,
  writeLinks,
  writeStatus,
} from './spans.ts'
export type { Attributes } from './values.ts'
export type { Encoding, Prepared } from './writer.ts'
export { attributeAt, attributesOf, cellValue } from './read/attributes.ts'
export {
  type AttributeColumns,
  type AttributeSet,
  type AttributeValue,
  type Columns,
  type EventColumns,
  type ExemplarColumns,
  type ExponentialBuckets,
  type LinkColumns,
  type LogColumns,
  type MetricColumns,
  type NumberLists,
  type ReadMetric,
  type ReadResource,
  type ReadScope,
  type SpanColumns,
  type TimeColumn,
  VALUE,
} from './read/columns.ts'
export { createReader } from './read/create-reader.ts'
export { OtlpError, type Reader, type ReaderLimits } from './read/reader.ts'
