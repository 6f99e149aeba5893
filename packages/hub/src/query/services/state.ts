import type { Instance } from './instances.ts'
import type { RequestFigures } from './request-metrics.ts'

/** How a service is, the worst first. */
export const STATES = ['failing', 'degraded', 'silent', 'healthy'] as const
export type ServiceState = (typeof STATES)[number]

/** Shares of failed requests from which on a service is degraded or failing. */
const DEGRADED_RATIO = 0.01
const FAILING_RATIO = 0.05

/**
 * The state of a service, and its reason as a sentence, which is empty for a healthy one. Failing: at least 5 % of the requests fail,
 * or no scrape of any instance succeeds. Degraded: at least 1 % of the requests fail, or an instance cannot be scraped. Silent: no
 * telemetry for 5 minutes.
 */
export function stateOf(
  instances: readonly Instance[],
  requests: RequestFigures | undefined,
): { readonly state: ServiceState; readonly reason: string } {
  const down = instances.filter((instance) => instance.down)
  const live = instances.filter((instance) => instance.live && !instance.down)
  if (down.length > 0 && live.length === 0)
    return {
      state: 'failing',
      reason: down.length === 1 ? 'The instance is down.' : `All ${down.length} instances are down.`,
    }
  if (live.length === 0) return { state: 'silent', reason: 'No telemetry for 5 minutes.' }
  const ratio = requests?.errorRatio ?? 0
  const failures = `${Number((ratio * 100).toPrecision(2))} % of the requests fail.`
  if (ratio >= FAILING_RATIO) return { state: 'failing', reason: failures }
  if (down.length > 0)
    return {
      state: 'degraded',
      reason: `${down.length} of ${down.length + live.length} instances ${down.length === 1 ? 'is' : 'are'} down.`,
    }
  if (ratio >= DEGRADED_RATIO) return { state: 'degraded', reason: failures }
  return { state: 'healthy', reason: '' }
}
