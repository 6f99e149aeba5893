import type { Requirement } from '../../requirements/requirements.ts'
import type { HealthStatus } from '../check.ts'

/** Upper limits of a quantity. */
export interface UpperLimits {
  /** Degraded above this. */
  readonly degradedAbove?: number
  /** Unhealthy above this. Default: never. */
  readonly unhealthyAbove?: number
}

/** The requirement for a limit. */
export const limit: Requirement = (value) =>
  typeof value === 'number' && value >= 0 ? undefined : 'a number that is not negative'

/** The status of a quantity with upper limits. */
export function statusBelow(
  value: number,
  { degradedAbove = Infinity, unhealthyAbove = Infinity }: UpperLimits,
): HealthStatus {
  if (value > unhealthyAbove) return 'unhealthy'
  return value > degradedAbove ? 'degraded' : 'healthy'
}
