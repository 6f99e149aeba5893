import type { StoredExemplar } from '../../store/samples.ts'

/** Upper bounds of the buckets of `traces_spanmetrics_duration_seconds`, in seconds: those of the kit's requests, and some beyond. */
export const SECONDS: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60,
]

/** The bucket of a duration: an index of {@link SECONDS}, or its length where no bound is high enough. */
export function bucketOf(seconds: number): number {
  let bucket = 0
  while (bucket < SECONDS.length && seconds > (SECONDS[bucket] ?? 0)) bucket++
  return bucket
}

/** The origin of spans, as labels. */
export interface Origin {
  readonly job: string
  readonly instance: string
}

/** Spans of one kind since the last deltas. Counts are weighted, so they need not be whole. */
export interface SpanDelta extends Origin {
  readonly name: string
  /** `SpanKind` of OTLP. */
  readonly kind: number
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number
  /** Empty without one. */
  readonly route: string
  readonly sum: number
  /** For each of {@link SECONDS} and one more. Not cumulative. */
  readonly buckets: Float64Array
  /** The slowest span with a sampled trace. */
  readonly exemplar: StoredExemplar | undefined
}

/** Log records since the last deltas. */
export interface LogDelta {
  readonly job: string
  readonly level: string
  readonly count: number
}

/** Flags of an end of a call. */
export const CALL = {
  /** The end of the server. Otherwise that of the client. */
  server: 1,
  failed: 2,
  /** The other end sends no spans: it is a database. */
  final: 4,
} as const

/**
 * Ends of calls between services: spans of clients and of servers. Both ends of a call have the same trace id and the id of the
 * client's span, and may arrive in different requests and threads.
 */
export interface CallColumns {
  readonly count: number
  /** 24 bytes each: the trace id, and the span id of the client. */
  readonly keys: Uint8Array
  /** See {@link CALL}. */
  readonly flags: Uint8Array
  /** Indexes of `strings`. */
  readonly jobs: Uint32Array
  /** Of clients: what they call, where the other end does not tell. Indexes of `strings`, whose first is the empty text. */
  readonly peers: Uint32Array
  readonly seconds: Float64Array
  /** How many calls an end stands for. */
  readonly weights: Float64Array
  readonly strings: readonly string[]
}

/** An exception. The same one may be in an event of a span and in a log record. */
export interface ExceptionDelta {
  readonly job: string
  readonly type: string
  readonly fingerprint: string
  readonly source: 'span' | 'log'
  /** Trace id and span id, as text. Empty without a span. */
  readonly key: string
}

/** What an event thread has found in events of one part of the time. */
export interface DerivedPart {
  readonly spans: readonly SpanDelta[]
  readonly logs: readonly LogDelta[]
  readonly calls: CallColumns
  readonly exceptions: readonly ExceptionDelta[]
  /** Ends of calls and exceptions that were left out, since there were too many. */
  readonly dropped: number
}

/** What was found in late events. */
interface LatePart extends DerivedPart {
  /** As `partOf` tells it. */
  readonly part: number
}

/** What an event thread has found since it was last asked. Plain data. */
export interface DerivedDeltas extends DerivedPart {
  /** In the order of time. */
  readonly late: readonly LatePart[]
}
