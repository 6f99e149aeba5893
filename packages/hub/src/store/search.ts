/**
 * A condition on events, from the search language. Texts compare without regard to case.
 * A field is one of the known names (`service`, `level`, `name`, `route`, `status`, `duration`, `trace`, `span`, `kind`, `message`,
 * `error`, `version`, `instance`, `env`) or the key of an attribute of the event, else of its resource. `service` is the name of `jobOf`,
 * which is found without its namespace, too.
 * `level` compares by severity, `duration` in milliseconds. `status` is the status code of the HTTP response, or `error`, `ok` or
 * `unset` of a span. `message` and `error` (type and message of exceptions) look for words; `error:*` is any failed event.
 */
export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /**
   * A word or phrase in the message, exception or a value of an attribute. A word is a run of letters, digits and underscores; other
   * signs stand between words, which follow each other in the same text (`ann@example.com`, `/users/42`). A single word may end with
   * `*`. Values that are fractions, such as measurements, are found by their field only.
   */
  | { readonly kind: 'text'; readonly text: string; readonly phrase: boolean }
  | { readonly kind: 'field'; readonly field: string; readonly is: Comparison; readonly value: string }

/** `prefix` is `field:value*`, `exists` is `field:*`. Orders are numeric, and by severity for `level`. */
export type Comparison = '=' | 'prefix' | 'exists' | '>' | '>=' | '<' | '<='

/** A range of time in nanoseconds since 1970: `from` included, `to` not. */
export interface TimeRange {
  readonly from: bigint
  readonly to: bigint
}

/** Limits on the work of one search. A search that ends at its limit says so. */
interface SearchLimits {
  readonly limit: number
  /** Milliseconds. A search gives what it has found, with `complete: false`. */
  readonly timeMs: number
}

export interface Page<T> {
  readonly items: readonly T[]
  /** The cursor for the next page. `undefined` where there is none. */
  readonly next: string | undefined
  /** False where the search has ended at its time limit. Then `next` goes on from there. */
  readonly complete: boolean
  /** Of the first page of a search for log records: `after` this cursor is what arrives later. */
  readonly tail?: string | undefined
}

/** A search for log records, newest first. */
export interface LogSearch extends TimeRange, SearchLimits {
  readonly where: Condition
  /** Records before this cursor, newest first: the next page. */
  readonly before?: string | undefined
  /**
   * Records after this cursor, oldest first: for a live tail, with the `tail` of a first page or the `next` of a page before. No record is
   * skipped or repeated while data arrives, also late and from several writers: such a page has what has arrived since, by its time.
   * `next` is always there. `after` the cursor of a record goes forward in the order of time.
   */
  readonly after?: string | undefined
}

/** Log records before and after one, of the same service instance, whatever the search was. */
export interface Surroundings {
  readonly cursor: string
  readonly before: number
  readonly after: number
}

/** Counts of log records by time and level. */
export interface Histogram {
  /** Start of the first bucket, nanoseconds since 1970. */
  readonly start: bigint
  readonly width: bigint
  /** Counts of each bucket, by level: trace, debug, info, warn, error, fatal, unset. */
  readonly levels: Readonly<Record<string, readonly number[]>>
  readonly complete: boolean
}

/** The most frequent values of a field among the newest matching records. */
export interface Facet {
  readonly field: string
  readonly values: readonly { readonly value: string; readonly count: number }[]
}

/** A search for traces, newest first. The conditions hold for one span of the trace. */
export interface TraceSearch extends TimeRange, SearchLimits {
  readonly where: Condition
  /** The next page. */
  readonly before?: string | undefined
  readonly order: 'newest' | 'slowest'
}

/** A trace in a list. Times in nanoseconds. */
export interface TraceSummary {
  readonly traceId: string
  readonly start: bigint
  /** From the first start to the last end of the spans that are stored. */
  readonly duration: bigint
  /** The root, or the earliest span where the root has not arrived. */
  readonly root: {
    readonly service: string
    readonly name: string
    readonly statusCode: number
    readonly route: string
  }
  readonly spans: number
  readonly errors: number
  readonly services: readonly string[]
  /** The slowest span that the conditions hold for. */
  readonly match: {
    readonly spanId: string
    readonly service: string
    readonly name: string
    readonly duration: bigint
  }
}

/** A group of equal errors. */
export interface ErrorGroup {
  readonly fingerprint: string
  readonly type: string
  /** The newest message. */
  readonly message: string
  readonly services: readonly string[]
  readonly firstSeen: bigint
  readonly lastSeen: bigint
  /** Within the time range. */
  readonly count: number
  /** Distinct users within the time range, where known. */
  readonly users: number
  /** The version in which it was first seen. Empty where unknown. */
  readonly firstVersion: string
  readonly state: ErrorState
  /** Occurrences in equal parts of the range. */
  readonly trend: readonly number[]
}

/** `regressed`: seen again, after it was resolved, in a newer version or later. */
export type ErrorState =
  | { readonly kind: 'open' | 'resolved' | 'regressed' }
  /** Nanoseconds since 1970. */
  | { readonly kind: 'ignored'; readonly until: bigint | undefined }

/** One group with its details. */
export interface ErrorDetails extends ErrorGroup {
  readonly stack: string
  readonly routes: readonly { readonly service: string; readonly route: string; readonly count: number }[]
  readonly versions: readonly {
    readonly version: string
    readonly count: number
    readonly firstSeen: bigint
  }[]
  /** The newest occurrences. */
  readonly samples: readonly ErrorSample[]
}

export interface ErrorSample {
  readonly time: bigint
  readonly message: string
  readonly service: string
  readonly instance: string
  readonly version: string
  readonly route: string
  readonly user: string
  readonly traceId: string
  readonly spanId: string
}

export interface ErrorSearch extends TimeRange, SearchLimits {
  readonly service?: string | undefined
  readonly states?: readonly ErrorState['kind'][] | undefined
}

/** Spans as points in time, the newest blocks first. Rows of all columns belong together. */
export interface SpanPoints {
  /** Milliseconds since 1970. */
  readonly starts: Float64Array
  /** Milliseconds. */
  readonly durations: Float64Array
  /** 1 for spans with the status ERROR. */
  readonly failed: Uint8Array
  /** False where spans are missing because of the limit or the time limit. */
  readonly complete: boolean
}

/** A comparison of some spans of a search with its others. */
export interface SpanComparisonSearch extends TimeRange {
  readonly where: Condition
  /** Which of the spans are inside. The others are outside. */
  readonly inside: TimeRange & { readonly where: Condition }
  readonly timeMs: number
}

/** How often values of attributes, also of resources, occur inside and outside. Names and kinds count as `span.name` and `span.kind`. */
export interface SpanComparison {
  /** Numbers of spans. */
  readonly inside: number
  readonly outside: number
  /** False where the search ended at its time limit. */
  readonly complete: boolean
  readonly attributes: readonly {
    readonly key: string
    /** The most frequent values. Keys whose values are nearly all different, such as ids, are left out. */
    readonly values: readonly { readonly value: string; readonly inside: number; readonly outside: number }[]
  }[]
  /** Some of the traces of both sides, in lower-case hex. */
  readonly samples: { readonly inside: readonly string[]; readonly outside: readonly string[] }
}
