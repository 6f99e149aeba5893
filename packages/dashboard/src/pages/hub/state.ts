/** What the hub tells of itself, as `/api/hub` has it. Counts are since its start. */
export interface HubState {
  readonly version: string
  readonly store: {
    /** Milliseconds since 1970; `null`: nothing is stored. */
    readonly oldest: number | null
    readonly spans: number
    readonly logs: number
    readonly bytes: Readonly<Record<string, number>>
    readonly series: number
    readonly problems: readonly string[]
  }
  readonly queries: { readonly refused: number; readonly stopped: number }
  readonly services: readonly Sender[]
  readonly refused: {
    readonly requests: ReadonlyArray<{
      readonly signal: string
      readonly reason: string
      readonly count: number
    }>
    readonly items: ReadonlyArray<{ readonly signal: string; readonly count: number }>
    readonly lateSamples: number
  }
  /** Seconds, of the last 5 minutes; `null` without any. */
  readonly durations: Readonly<
    Record<'traces' | 'metrics' | 'logs' | 'queries', { readonly p95: number | null }>
  >
  readonly scrapes: { readonly up: number; readonly down: number; readonly unknown: number }
  readonly limits: { readonly maxDisk: number; readonly retention: number; readonly seriesPerJob: number }
  /** Threads that ended by a fault, and were started again. */
  readonly threadDeaths: number
}

/** A service that sends. Rates are per second, of the last minute. */
export interface Sender {
  readonly name: string
  readonly spans: number
  readonly logs: number
  readonly points: number
  readonly series: number
  /** Seconds by which its clock is ahead of the hub's. */
  readonly clockSkew: number | null
  /** Nanoseconds since 1970, as text. */
  readonly lastSeen: string | null
  readonly refused: ReadonlyArray<{ readonly reason: string; readonly samples: number }>
}

/** What is wrong with the hub, or was refused since its start, as sentences. */
export function problemsOf({ store, queries, refused, scrapes, threadDeaths }: HubState): readonly string[] {
  const told = (count: number, sentence: string) => (count > 0 ? [`${count} ${sentence}`] : [])
  return [
    ...store.problems,
    ...told(threadDeaths, 'threads of the hub ended by a fault, and were started again.'),
    ...told(scrapes.down, 'scrapes fail now.'),
    ...refused.requests.flatMap(({ signal, reason, count }) =>
      told(count, `requests with ${signal} were refused: ${reason.replaceAll('_', ' ')}.`),
    ),
    ...refused.items.flatMap(({ signal, count }) =>
      told(count, `items of ${signal} in accepted requests were not stored.`),
    ),
    ...told(refused.lateSamples, 'samples were refused, because newer ones of their series were stored.'),
    ...told(queries.refused, 'queries were refused, because too many waited.'),
    ...told(queries.stopped, 'queries were stopped at their limit.'),
  ]
}
