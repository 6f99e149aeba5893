/** How something is: `degraded` works, but not as it should. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

/** What a probe asks for: may this process live, may it have traffic, has it started? */
export type HealthGroup = 'live' | 'ready' | 'startup'

/** What a check looks at. */
export type CheckKind = 'component' | 'datastore' | 'service' | 'system'

/** What a check may say. Nothing and `true` are healthy, `false` and a throw are unhealthy. */
export type CheckResult =
  | undefined
  | void
  | boolean
  | {
      readonly status: HealthStatus
      /** Why it is not healthy. */
      readonly reason?: string
      readonly details?: Readonly<Record<string, unknown>>
    }

/** Looks whether something works. */
export interface CheckFunction {
  /**
   * @param signal is aborted when its time is over. What it says afterwards is not listened to, but it is not called
   *   again before it has come back
   */
  (signal: AbortSignal): CheckResult | Promise<CheckResult>
  /** Options that suit it. What is said where it is registered comes first. */
  readonly suits?: CheckOptions
  /** Ends what it keeps up between its runs. */
  close?(): void
}

/** How a check is treated. */
export interface CheckOptions {
  /** Whether its failure takes the service out of traffic; otherwise it only degrades. Default: true. */
  readonly critical?: boolean
  /** Milliseconds that it may take. Default: 1000. */
  readonly timeout?: number
  /** Milliseconds for which its outcome is believed. Default: 500. */
  readonly cache?: number
  /** The probes that it is for. Default: `ready`. */
  readonly group?: HealthGroup | readonly HealthGroup[]
  /** How many times in a row it has to fail before it counts as failed, once it has worked. Default: 1. */
  readonly failAfter?: number
  /** How many times in a row it has to work before it counts as recovered. Default: 1. */
  readonly recoverAfter?: number
  /** What it looks at. Default: `component`. */
  readonly kind?: CheckKind
}

/** How a check turned out. */
export interface CheckOutcome {
  readonly status: HealthStatus
  /** Milliseconds that it took; the time so far where it hangs. */
  readonly durationMs: number
  /** Milliseconds since the epoch. */
  readonly checkedAt: number
  /** Milliseconds since the epoch; `undefined`: never yet. */
  readonly lastSuccessAt: number | undefined
  /** Why it is not healthy, masked. */
  readonly reason: string | undefined
  /** What it told besides, masked. */
  readonly details: unknown
}
