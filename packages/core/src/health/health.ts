import { shown, text } from '../requirements/requirements.ts'
import type { CheckFunction, CheckOptions, CheckOutcome, HealthGroup, HealthStatus } from './check.ts'
import { HealthCheck, type Surroundings } from './health-check.ts'
import { type HealthReport, reportedCheck } from './report.ts'

/** The health of the service: liveness, readiness and startup. */
export interface Health {
  /**
   * Adds a check. A later check with the same name replaces the earlier one.
   *
   * @example
   * health.check('database', checks.postgres(pool))
   * health.check('queue', () => queue.isConnected, { critical: false })
   *
   * @throws {TypeError} if an argument is wrong: one sentence that says what is allowed
   */
  check(name: string, fn: CheckFunction, options?: CheckOptions): void
  /**
   * Liveness: whether the process should keep running. Only checks of the group `live` count, never those of
   * dependencies.
   */
  live(): Promise<HealthStatus>
  /**
   * Readiness: whether the service should receive traffic.
   *
   * @param options.askServices `false`: uses the last known status of other services. Services that check
   * each other would otherwise wait for each other. Default: true
   */
  ready(options?: { readonly askServices?: boolean }): Promise<HealthStatus>
  /** Whether the service has started. Once healthy, it stays healthy. */
  startup(): Promise<HealthStatus>
  /** All checks of all groups. `details` adds masked reasons. */
  report(options?: { readonly details?: boolean }): Promise<HealthReport>
}

/** The dependencies of a Sightline's health. */
export interface HealthSetup extends Surroundings {
  readonly service: string
  readonly version: string | undefined
  /** Aborted at the shutdown: the service is then no longer ready. */
  readonly stopping: AbortSignal
}

/** The health of one Sightline, with its checks for the metrics. */
export interface HealthParts {
  readonly health: Health
  checks(): Iterable<HealthCheck>
  /** The result of `startup`, without storing it. */
  starting(): Promise<HealthStatus>
  close(): void
}

/** Creates the health of one Sightline. */
export function createHealth(setup: HealthSetup): HealthParts {
  const { service, version, stopping } = setup
  const checks = new Map<string, HealthCheck>()
  let started = false

  async function statusOf(asked: readonly HealthCheck[], outcomeOf = run): Promise<HealthStatus> {
    const statuses = await Promise.all(
      asked.map(async (check) => {
        const { status = 'healthy' } = (await outcomeOf(check)) ?? {}
        return status === 'unhealthy' && !check.critical ? 'degraded' : status
      }),
    )
    if (statuses.includes('unhealthy')) return 'unhealthy'
    return statuses.includes('degraded') ? 'degraded' : 'healthy'
  }

  const inGroup = (group: HealthGroup) => [...checks.values()].filter(({ groups }) => groups.includes(group))

  const starting = () => statusOf(inGroup('startup'))

  return {
    checks: () => checks.values(),
    starting: async () => (started ? 'healthy' : starting()),
    close() {
      for (const check of checks.values()) check.close()
    },
    health: {
      check(name, fn, options = {}) {
        const allowed = text(name)
        if (allowed !== undefined)
          throw new TypeError(
            `Sightline: the name of a health check is ${shown(name)}, but must be ${allowed}`,
          )
        if (typeof fn !== 'function')
          throw new TypeError(`Sightline: health check ${name} is ${shown(fn)}, but must be a function`)
        const check = new HealthCheck(name, fn, { ...fn.suits, ...options }, setup)
        checks.get(name)?.close()
        checks.set(name, check)
      },
      live: () => statusOf(inGroup('live')),
      async ready({ askServices = true } = {}) {
        if (stopping.aborted) return 'unhealthy'
        return statusOf(inGroup('ready'), (check) =>
          askServices || check.kind !== 'service' ? run(check) : check.last,
        )
      },
      async startup() {
        if (started) return 'healthy'
        const status = await starting()
        started = status !== 'unhealthy'
        return status
      },
      async report({ details = false } = {}) {
        const all = [...checks.values()]
        // Checks for startup alone are not run after the start.
        const isOver = ({ groups }: HealthCheck) => started && groups.every((group) => group === 'startup')
        const status = await statusOf(all, (check) => (isOver(check) ? check.last : run(check)))
        return {
          status: stopping.aborted ? 'unhealthy' : status,
          service,
          version,
          uptimeSeconds: Math.round(process.uptime()),
          checks: Object.fromEntries(all.map((check) => [check.name, reportedCheck(check, details)])),
        }
      },
    },
  }
}

/** The outcome of a check, with a new run if the last one is too old. */
function run(check: HealthCheck): Promise<CheckOutcome> | CheckOutcome | undefined {
  return check.outcome()
}
