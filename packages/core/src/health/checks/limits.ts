import type { Requirement } from '../../requirements/requirements.ts'
import type { HealthStatus } from '../check.ts'

/** From where on a quantity is too much. */
export interface UpperLimits {
  /** Above it the service is degraded. */
  readonly degradedAbove?: number
  /** Above it the service is unhealthy. Default: never. */
  readonly unhealthyAbove?: number
}

/** What a limit must be. */
export const limit: Requirement = (value) =>
  typeof value === 'number' && value >= 0 ? undefined : 'a number that is not negative'

/** How something is by one quantity of which there must not be too much. */
export function statusBelow(
  value: number,
  { degradedAbove = Infinity, unhealthyAbove = Infinity }: UpperLimits,
): HealthStatus {
  if (value > unhealthyAbove) return 'unhealthy'
  return value > degradedAbove ? 'degraded' : 'healthy'
}
