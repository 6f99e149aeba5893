import { shown, text } from '../requirements.ts'
import type { CheckFunction, CheckOptions, CheckOutcome, HealthGroup, HealthStatus } from './check.ts'
import { HealthCheck, type Surroundings } from './health-check.ts'
import { type HealthReport, reportedCheck } from './report.ts'

/** Tells whether the service lives, may have traffic, has started. */
export interface Health {
  /**
   * Adds a check. Of the same name there is one: a later one takes the place of an earlier one.
   *
   * @example
   * health.check('database', checks.postgres(pool))
   * health.check('queue', () => queue.isConnected, { critical: false })
   *
   * @throws {TypeError} where an argument is wrong: one sentence that says what is allowed
   */
  check(name: string, fn: CheckFunction, options?: CheckOptions): void
  /** Whether the process should be left alive: only the checks of the group `live`, never one of a dependency. */
  live(): Promise<HealthStatus>
  /**
   * Whether the service may have traffic.
   *
   * @param options.askServices `false`: of other services counts what is known of them. Services that ask each other
   *   would otherwise wait for each other. Default: true
   */
  ready(options?: { readonly askServices?: boolean }): Promise<HealthStatus>
  /** Whether the service has started: once healthy, it stays so. */
  startup(): Promise<HealthStatus>
  /** All checks of all groups. With `details` also why they are so, masked. */
  report(options?: { readonly details?: boolean }): Promise<HealthReport>
}

/** What the health of one Sightline is made with. */
export interface HealthSetup extends Surroundings {
  readonly service: string
  readonly version: string | undefined
  /** Aborted when the service shuts down: from then on it wants no traffic. */
  readonly stopping: AbortSignal
}

/** The health of one Sightline, and its checks for those who measure them. */
export interface HealthParts {
  readonly health: Health
  checks(): Iterable<HealthCheck>
  /** What `startup` would say, without having it stay so. */
  starting(): Promise<HealthStatus>
  /** Ends what checks keep up between their runs. */
  close(): void
}

/** Makes the health of one Sightline. */
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
        // What is only for the start is not asked again afterwards.
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

/** The outcome of a check, which is run where what is known of it is too old. */
function run(check: HealthCheck): Promise<CheckOutcome> | CheckOutcome | undefined {
  return check.outcome()
}
