/** A health status. `degraded`: works with restrictions. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

/** The probe that a check belongs to: liveness, readiness or startup. */
export type HealthGroup = 'live' | 'ready' | 'startup'

/** The subject of a check. */
export type CheckKind = 'component' | 'datastore' | 'service' | 'system'

/** The result of a check. `undefined` and `true` are healthy; `false` and a throw are unhealthy. */
export type CheckResult =
  | undefined
  | void
  | boolean
  | {
      readonly status: HealthStatus
      /** The reason, if it is not healthy. */
      readonly reason?: string
      readonly details?: Readonly<Record<string, unknown>>
    }

/** Checks whether a component works. */
export interface CheckFunction {
  /**
   * @param signal aborted at the timeout. A later result is ignored, and the check is not called again until
   * it has settled
   */
  (signal: AbortSignal): CheckResult | Promise<CheckResult>
  /** Default options of this check. Options at its registration override them. */
  readonly suits?: CheckOptions
  /** Releases the resources that it keeps between runs. */
  close?(): void
}

/** The options of a check. */
export interface CheckOptions {
  /** `true`: its failure takes the service out of traffic. `false`: it only degrades the service. Default: true. */
  readonly critical?: boolean
  /** Timeout in milliseconds. Default: 1000. */
  readonly timeout?: number
  /** Milliseconds for which a result is cached. Default: 500. */
  readonly cache?: number
  /** The probes that include the check. Default: `ready`. */
  readonly group?: HealthGroup | readonly HealthGroup[]
  /** Number of consecutive failures after which a working check counts as failed. Default: 1. */
  readonly failAfter?: number
  /** Number of consecutive successes after which a failed check counts as recovered. Default: 1. */
  readonly recoverAfter?: number
  /** The kind of its subject. Default: `component`. */
  readonly kind?: CheckKind
}

/** The outcome of a check. */
export interface CheckOutcome {
  readonly status: HealthStatus
  /** Duration in milliseconds; the time so far for a hanging check. */
  readonly durationMs: number
  /** Milliseconds since the epoch. */
  readonly checkedAt: number
  /** Milliseconds since the epoch; `undefined` before the first success. */
  readonly lastSuccessAt: number | undefined
  /** The reason for a status other than healthy, masked. */
  readonly reason: string | undefined
  /** Further details from the check, masked. */
  readonly details: unknown
}
