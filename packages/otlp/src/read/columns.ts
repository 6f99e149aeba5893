/**
 * What a reader makes of an export request: columns, not a tree of objects. Row `n` of a signal is at index `n` of each of its
 * columns. Typed arrays may be longer than the number of rows. A column of strings holds indexes of `strings`, whose
 * first is the empty text.
 *
 * The columns of a reader are valid until its next call, since their memory is reused. Attribute sets, resources, scopes and
 * metrics are interned: equal ones are the same object, also in later calls, so that they can be keys of a cache.
 */

/** Types of an attribute's value. The constant tells what `numbers` of {@link AttributeColumns} holds. */
export const VALUE = {
  /** A value without content. */
  empty: 0,
  /** Index of the text in `strings`. */
  string: 1,
  /** 0 or 1. */
  bool: 2,
  /** An integer from -(2^53 - 1) to 2^53 - 1. */
  int: 3,
  double: 4,
  /** Any other integer of 64 bits: index of its decimal digits in `strings`. */
  bigint: 5,
  /**
   * An array or a list of keys and values: index of its JSON text in `strings`. Bytes in it are base64. A text that is longer than
   * the limit has the type `string`, since a cut text is no JSON.
   */
  json: 6,
  /** Index of the base64 text in `strings`. */
  bytes: 7,
} as const

/** Lists of attributes, one for each row: row `n` has the entries from `offsets[n]` up to `offsets[n + 1]`. */
export interface AttributeColumns {
  readonly offsets: Uint32Array
  readonly keys: Uint32Array
  /** One of {@link VALUE} for each entry. */
  readonly types: Uint8Array
  readonly numbers: Float64Array
}

/** An attribute outside of columns: of a resource, a scope or a metric's point. */
export type AttributeValue =
  | string
  | number
  | boolean
  | bigint
  | Uint8Array
  | null
  | AttributeValue[]
  | {
      readonly [key: string]: AttributeValue
    }

/** Attributes that many rows share. Frozen and interned. */
export type AttributeSet = Readonly<Record<string, AttributeValue>>

/** The origin of telemetry. Interned. */
export interface ReadResource {
  readonly attributes: AttributeSet
  readonly droppedAttributes: number
  readonly schemaUrl: string
}

/** The instrumentation that made the telemetry. Interned. */
export interface ReadScope {
  readonly name: string
  readonly version: string
  readonly attributes: AttributeSet
  readonly droppedAttributes: number
  readonly schemaUrl: string
}

/** Moments since 1970. `ms` are whole milliseconds, `ns` the nanoseconds after them (0 to 999,999). */
export interface TimeColumn {
  readonly ms: Float64Array
  readonly ns: Uint32Array
}

/** What all signals have in common. */
export interface Columns {
  readonly rows: number
  readonly strings: readonly string[]
  readonly resources: readonly ReadResource[]
  readonly scopes: readonly ReadScope[]
  /** Number of items that are not in the columns, because they are invalid. */
  readonly rejected: number
  /**
   * One sentence about rejected items, and about values that were shortened or left out: it may be there without rejected items.
   * Empty if everything was read.
   */
  readonly reason: string
}

/** Spans. Ids are bytes, one id after the other. */
export interface SpanColumns extends Columns {
  /** Index in `resources`. */
  readonly resource: Uint32Array
  /** Index in `scopes`. */
  readonly scope: Uint32Array
  /** 16 bytes a row. */
  readonly traceIds: Uint8Array
  /** 8 bytes a row. */
  readonly spanIds: Uint8Array
  /** 8 bytes a row, all zero for a span without parent. */
  readonly parentIds: Uint8Array
  readonly traceStates: Uint32Array
  readonly names: Uint32Array
  /** `SpanKind` of OTLP: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kinds: Uint8Array
  readonly starts: TimeColumn
  readonly ends: TimeColumn
  /** `SpanFlags` of OTLP: the low 8 bits are the trace flags. */
  readonly flags: Uint32Array
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCodes: Uint8Array
  readonly statusMessages: Uint32Array
  readonly attributes: AttributeColumns
  readonly droppedAttributes: Uint32Array
  readonly events: EventColumns
  readonly droppedEvents: Uint32Array
  readonly links: LinkColumns
  readonly droppedLinks: Uint32Array
}

/** Events of spans: span `n` has the events from `offsets[n]` up to `offsets[n + 1]`. */
export interface EventColumns {
  readonly offsets: Uint32Array
  readonly times: TimeColumn
  readonly names: Uint32Array
  readonly attributes: AttributeColumns
  readonly droppedAttributes: Uint32Array
}

/** Links of spans: span `n` has the links from `offsets[n]` up to `offsets[n + 1]`. */
export interface LinkColumns {
  readonly offsets: Uint32Array
  readonly traceIds: Uint8Array
  readonly spanIds: Uint8Array
  readonly traceStates: Uint32Array
  readonly flags: Uint32Array
  readonly attributes: AttributeColumns
  readonly droppedAttributes: Uint32Array
}

/** Log records. */
export interface LogColumns extends Columns {
  readonly resource: Uint32Array
  readonly scope: Uint32Array
  /** The time of the record, or the observed time where it has none. */
  readonly times: TimeColumn
  readonly observedTimes: TimeColumn
  /** `SeverityNumber` of OTLP, 0 to 24. */
  readonly severities: Uint8Array
  readonly severityTexts: Uint32Array
  /** One of {@link VALUE} for each row. */
  readonly bodyTypes: Uint8Array
  /** As `numbers` of {@link AttributeColumns}. */
  readonly bodies: Float64Array
  readonly attributes: AttributeColumns
  readonly droppedAttributes: Uint32Array
  readonly flags: Uint32Array
  /** 16 bytes a row, all zero without a trace. */
  readonly traceIds: Uint8Array
  /** 8 bytes a row, all zero without a span. */
  readonly spanIds: Uint8Array
  readonly eventNames: Uint32Array
}

/** `AggregationTemporality` of OTLP by its numbers. */
export const TEMPORALITIES = ['unspecified', 'delta', 'cumulative'] as const

/** An instrument of a service. Interned: equal in all fields, it is the same object. */
export interface ReadMetric {
  readonly resource: ReadResource
  readonly scope: ReadScope
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly kind: 'gauge' | 'sum' | 'histogram' | 'exponential' | 'summary'
  /** Of sums and histograms. */
  readonly temporality: (typeof TEMPORALITIES)[number]
  /** Of sums. */
  readonly monotonic: boolean
}

/** Points of metrics: all kinds share the rows, and a column that a kind does not have holds 0 for it. */
export interface MetricColumns extends Columns {
  readonly metrics: readonly ReadMetric[]
  readonly sets: readonly AttributeSet[]
  /** Index in `metrics`. */
  readonly metric: Uint32Array
  /** Index in `sets`: the attributes of the point. */
  readonly set: Uint32Array
  /** 0 where unknown. */
  readonly starts: TimeColumn
  readonly times: TimeColumn
  /** `DataPointFlags` of OTLP: 1 means that the point has no recorded value. */
  readonly flags: Uint32Array
  /** Of gauges and sums. */
  readonly values: Float64Array
  /** Of histograms and summaries. */
  readonly counts: Float64Array
  /** Of histograms and summaries; NaN where there is none. */
  readonly sums: Float64Array
  /** Of explicit histograms: the counts of the buckets, not cumulative. */
  readonly buckets: NumberLists
  /** Of explicit histograms: the upper bounds of all buckets but the last. */
  readonly bounds: NumberLists
  /** Of exponential histograms: index in `exponentials`. */
  readonly exponential: Uint32Array
  readonly exponentials: readonly ExponentialBuckets[]
  /** Of summaries. */
  readonly quantiles: NumberLists
  readonly quantileValues: NumberLists
  readonly exemplars: ExemplarColumns
}

/** Lists of numbers, one for each row: row `n` has the numbers from `offsets[n]` up to `offsets[n + 1]`. */
export interface NumberLists {
  readonly offsets: Uint32Array
  readonly numbers: Float64Array
}

/** https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram */
export interface ExponentialBuckets {
  readonly scale: number
  readonly zeroCount: number
  readonly zeroThreshold: number
  readonly positiveOffset: number
  readonly positive: readonly number[]
  readonly negativeOffset: number
  readonly negative: readonly number[]
}

/** Exemplars of points: point `n` has those from `offsets[n]` up to `offsets[n + 1]`. */
export interface ExemplarColumns {
  readonly offsets: Uint32Array
  readonly times: TimeColumn
  readonly values: Float64Array
  /** 16 bytes each, all zero without a trace. */
  readonly traceIds: Uint8Array
  /** 8 bytes each. */
  readonly spanIds: Uint8Array
  /** The filtered attributes: indexes of `sets`. */
  readonly sets: Uint32Array
}
