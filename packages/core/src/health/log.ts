import type { Logger } from 'pino'

import type { CheckOutcome } from './check.ts'
import type { HealthCheck } from './health-check.ts'

/**
 * Logs a line when a check changes its status. Probes are not logged and give no reasons, so this line is the
 * place to find one.
 */
export function healthLog(log: () => Logger): (check: HealthCheck, outcome: CheckOutcome) => void {
  return ({ name, critical }, { status, reason, durationMs }) => {
    const fields = { check: name, health: status, reason, duration_ms: Math.round(durationMs) }
    if (status === 'healthy') log().info(fields, 'health check has recovered')
    else if (status === 'degraded') log().warn(fields, 'health check is degraded')
    else log()[critical ? 'error' : 'warn'](fields, 'health check has failed')
  }
}
