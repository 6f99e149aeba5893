import { checkOptions, type Requirement } from '../../requirements/requirements.ts'
import type { CheckFunction, HealthStatus } from '../check.ts'
import { ask, askable, place } from './ask.ts'

/** Says that it is a service that asks. */
export const ASKED_BY_SERVICE = 'x-sightline-asked-by-service'

/** Where another service tells how it is. */
export interface ServiceCheckOptions {
  /** Below its URL. Default: `/health/ready`. */
  readonly path?: string
}

const path: Requirement = (value) =>
  typeof value === 'string' && value.startsWith('/') ? undefined : 'a path such as /health/ready'

/**
 * Asks another service under Sightline how it is, and passes that on: what is degraded there is degraded here. By default
 * it is not critical: otherwise one service that is down would take all that depend on it out of traffic, one after the
 * other.
 *
 * @example
 * health.check('orders', checks.service('http://orders:3001'))
 *
 * @throws {TypeError} where the URL or an option is wrong
 */
export function service(url: string | URL, options: ServiceCheckOptions = {}): CheckFunction {
  const base = askable(url, 'checks.service')
  checkOptions(options, { path }, 'checks.service')
  const target = new URL(base)
  target.pathname = base.pathname.replace(/\/$/, '') + (options.path ?? '/health/ready')
  const headers = { accept: 'application/json', [ASKED_BY_SERVICE]: 'true' }
  return Object.assign(check, { suits: { critical: false, kind: 'service' } as const })

  async function check(signal: AbortSignal) {
    const reply = await ask(target, signal, { headers })
    if (reply.status >= 300 && reply.status !== 503)
      throw new Error(`${place(target)} has answered ${reply.status}`)
    const status = reply.status === 503 ? 'unhealthy' : statusIn(reply.body)
    return status === 'healthy'
      ? { status }
      : { status, reason: `${place(target)} says that it is ${status}` }
  }
}

/** What a service says of itself. Who answers in other words has answered: it works. */
function statusIn(body: string): HealthStatus {
  try {
    const { status } = JSON.parse(body) as { status?: unknown }
    return status === 'degraded' || status === 'unhealthy' ? status : 'healthy'
  } catch {
    return 'healthy'
  }
}
