/** A trace in the answer of `/api/traces`. */
export interface TraceSummary {
  readonly traceId: string
  readonly root: {
    readonly service: string
    readonly name: string
    readonly statusCode: number
    readonly route: string
  }
  readonly spans: number
  readonly errors: number
  readonly services: readonly string[]
  /** Nanoseconds since 1970. */
  readonly start: string
  /** Nanoseconds. */
  readonly duration: string
  readonly match: {
    readonly spanId: string
    readonly service: string
    readonly name: string
    readonly duration: string
  }
}

/** A page of traces. */
export interface TracesAnswer {
  readonly traces: readonly TraceSummary[]
  readonly next: string | null
  readonly complete: boolean
}
