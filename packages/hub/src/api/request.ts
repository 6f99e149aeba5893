/** A request, as the hub's server hands it over: authorized, and with a complete body of limited size. */
export interface ApiRequest {
  readonly method: string
  /** The path as it was sent, with its percent signs, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body?: string | undefined
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
}

/** An answer. */
export interface ApiResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}
