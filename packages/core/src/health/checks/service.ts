import { checkOptions, type Requirement } from '../../requirements/requirements.ts'
import type { CheckFunction, HealthStatus } from '../check.ts'
import { ask, askable, place } from './ask.ts'

/** The header that marks a check by another service. */
export const ASKED_BY_SERVICE = 'x-sightline-asked-by-service'

/** The options of a service check. */
export interface ServiceCheckOptions {
  /** Path below the URL. Default: `/health/ready`. */
  readonly path?: string
}

const path: Requirement = (value) =>
  typeof value === 'string' && value.startsWith('/') ? undefined : 'a path such as /health/ready'

/**
 * Checks another service that runs Sightline, and takes over its status, including degraded. By default it is
 * not critical: otherwise one service that is down would take all dependent services out of traffic, one
 * after another.
 *
 * @example
 * health.check('orders', checks.service('http://orders:3001'))
 *
 * @throws {TypeError} if the URL or an option is wrong
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

/** The status in a service's response. A response in another format counts as healthy. */
function statusIn(body: string): HealthStatus {
  try {
    const { status } = JSON.parse(body) as { status?: unknown }
    return status === 'degraded' || status === 'unhealthy' ? status : 'healthy'
  } catch {
    return 'healthy'
  }
}
