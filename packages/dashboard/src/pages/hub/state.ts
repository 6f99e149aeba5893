/** What the hub tells of itself, as `/api/hub` has it. */
export interface HubState {
  readonly version: string
  readonly store: {
    /** Milliseconds since 1970; `null`: nothing is stored. */
    readonly oldest: number | null
    readonly newest: number | null
    readonly spans: number
    readonly logs: number
    readonly bytes: Readonly<Record<string, number>>
    readonly series: number
    readonly problems: readonly string[]
  }
  readonly queries: {
    readonly running: number
    readonly waiting: number
    readonly refused: number
    readonly stopped: number
  }
  /** Threads that ended by a fault, and were started again. */
  readonly threadDeaths?: number
  readonly services?: readonly SenderState[]
}

/** What the hub knows of a service that sends to it, besides what is in its series. */
export interface SenderState {
  readonly name: string
  /** Seconds by which its clock is ahead of the hub's. */
  readonly clockSkew?: number | null
  /** Milliseconds since 1970. */
  readonly lastSeen?: number | null
}
