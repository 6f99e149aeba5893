import type { Family } from '../series/family.ts'
import { labelled } from '../series/labels.ts'
import type { CheckOutcome, HealthStatus } from './check.ts'
import type { HealthCheck } from './health-check.ts'

const VALUES: Readonly<Record<HealthStatus, number>> = { healthy: 1, degraded: 0.5, unhealthy: 0 }

/** The metrics of the checks, from their last runs: a scrape starts none. */
export function healthFamilies(checks: () => Iterable<HealthCheck>): Family[] {
  const ofOutcomes = (name: string, help: string, value: (outcome: CheckOutcome) => number): Family => ({
    name,
    help,
    type: 'gauge',
    series: () =>
      Array.from(checks()).flatMap(({ name: check, last }) =>
        last ? [{ ...labelled({ check }), value: value(last) }] : [],
      ),
  })
  return [
    ofOutcomes(
      'health_check_status',
      '1: healthy, 0.5: degraded, 0: unhealthy.',
      ({ status }) => VALUES[status],
    ),
    ofOutcomes(
      'health_check_duration_seconds',
      'Duration of the last run of the check.',
      ({ durationMs }) => durationMs / 1_000,
    ),
    {
      name: 'health_check_failures_total',
      help: 'Times the check was found unhealthy.',
      type: 'counter',
      series: () =>
        Array.from(checks(), ({ name: check, failures }) => ({ ...labelled({ check }), value: failures })),
    },
  ]
}
