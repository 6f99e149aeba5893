/** Where in time the items of a content are. */
export interface Timeline {
  readonly seed: number
  /** Milliseconds since 1970: the first item. */
  readonly from: number
  /** Milliseconds between two traces, two log records, or two exports of a service. */
  readonly stepMs: number
}

/** An export request. */
export interface Body {
  /** Protobuf, not compressed. */
  readonly body: Uint8Array
  /** Spans, log records or points. */
  readonly items: number
}
