import type { Logger } from 'pino'

import type { CheckOutcome } from './check.ts'
import type { HealthCheck } from './health-check.ts'

/**
 * Writes a line when a check changes its status. Probes are in no log, and their answers tell no reasons: this is where
 * somebody who looks for one finds it.
 */
export function healthLog(log: () => Logger): (check: HealthCheck, outcome: CheckOutcome) => void {
  return ({ name, critical }, { status, reason, durationMs }) => {
    const fields = { check: name, health: status, reason, duration_ms: Math.round(durationMs) }
    if (status === 'healthy') log().info(fields, 'health check has recovered')
    else if (status === 'degraded') log().warn(fields, 'health check is degraded')
    else log()[critical ? 'error' : 'warn'](fields, 'health check has failed')
  }
}
