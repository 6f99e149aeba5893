import {
  type CheckFunction,
  type CheckOptions,
  type CheckOutcome,
  HealthCheck,
  type HealthGroup,
  type HealthStatus,
} from './check.ts'

/** How a service is, as a whole and check by check. */
export interface HealthReport {
  readonly status: HealthStatus
  readonly service: string
  readonly version: string | undefined
  readonly uptimeSeconds: number
  readonly checks: Readonly<Record<string, ReportedCheck>>
}

/** What a report says of a check. Reasons and details only where they were asked for: they name what is inside. */
export interface ReportedCheck extends Pick<CheckOutcome, 'status' | 'durationMs'> {
  readonly critical: boolean
  /** ISO 8601; `undefined`: never yet. */
  readonly lastSuccess: string | undefined
  readonly reason?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** Tells whether the service lives, may have traffic, has started. */
export interface Health {
  /**
   * Adds a check. Of the same name there is one: a later one takes the place of an earlier one.
   *
   * @example
   * health.check('database', () => pool.query('select 1'))
   */
  check(name: string, fn: CheckFunction, options?: CheckOptions): void
  /** Whether the process should be left alive: only the checks of the group `live`, never one of a dependency. */
  live(): Promise<HealthStatus>
  /** Whether the service may have traffic. */
  ready(): Promise<HealthStatus>
  /** Whether the service has started: once healthy, it stays so. */
  startup(): Promise<HealthStatus>
  /** All checks of all groups, masked. */
  report(options?: { readonly details?: boolean }): Promise<HealthReport>
}

export interface HealthSetup {
  readonly service: string
  readonly version: string | undefined
  /** Aborted when the service shuts down: from then on it wants no traffic. */
  readonly stopping: AbortSignal
  /** Masks what a check says. */
  readonly printed: (value: unknown) => unknown
}

/** The health of one Sightline, and its checks for those who measure them. */
export interface HealthParts {
  readonly health: Health
  checks(): Iterable<HealthCheck>
}

/** Makes the health of one Sightline. */
export function createHealth({ service, version, stopping, printed }: HealthSetup): HealthParts {
  const checks = new Map<string, HealthCheck>()
  let started = false

  async function statusOf(wanted: (check: HealthCheck) => boolean): Promise<HealthStatus> {
    const asked = [...checks.values()].filter(wanted)
    const outcomes = await Promise.all(
      asked.map(async (check) => ({ check, status: (await check.outcome()).status })),
    )
    if (outcomes.some(({ check, status }) => check.critical && status === 'unhealthy')) return 'unhealthy'
    return outcomes.some(({ status }) => status !== 'healthy') ? 'degraded' : 'healthy'
  }

  const inGroup = (group: HealthGroup) => (check: HealthCheck) => check.groups.includes(group)

  return {
    checks: () => checks.values(),
    health: {
      check(name, fn, options) {
        checks.set(name, new HealthCheck(name, fn, options))
      },
      live: () => statusOf(inGroup('live')),
      ready: async () => (stopping.aborted ? 'unhealthy' : statusOf(inGroup('ready'))),
      async startup() {
        if (started) return 'healthy'
        const status = await statusOf(inGroup('startup'))
        started = status !== 'unhealthy'
        return status
      },
      async report({ details: wanted = false } = {}) {
        const status = await statusOf(() => true)
        const reported = [...checks.values()].map(
          (check) => [check.name, reportedCheck(check, wanted)] as const,
        )
        return {
          status,
          service,
          version,
          uptimeSeconds: Math.round(process.uptime()),
          checks: Object.fromEntries(reported),
        }
      },
    },
  }

  function reportedCheck(check: HealthCheck, wanted: boolean): ReportedCheck {
    const { status = 'healthy', durationMs = 0, lastSuccessAt, reason, details } = check.last ?? {}
    return {
      status,
      critical: check.critical,
      durationMs: Math.round(durationMs * 1_000) / 1_000,
      lastSuccess: lastSuccessAt === undefined ? undefined : new Date(lastSuccessAt).toISOString(),
      ...(wanted && reason !== undefined && { reason: String(printed(reason)) }),
      ...(wanted && details !== undefined && { details: printed(details) as Record<string, unknown> }),
    }
  }
}
