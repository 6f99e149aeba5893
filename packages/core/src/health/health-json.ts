import type { HealthStatus } from './check.ts'
import type { HealthReport, ReportedCheck } from './report.ts'

/** The media type of https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06 */
export const HEALTH_JSON = 'application/health+json'

const WORDS: Readonly<Record<HealthStatus, string>> = { healthy: 'pass', degraded: 'warn', unhealthy: 'fail' }

/** A report in the draft's words. What the draft has no word for keeps ours. */
export function healthJson({ status, service, version, uptimeSeconds, checks }: HealthReport): object {
  const uptime = {
    componentType: 'system',
    observedValue: uptimeSeconds,
    observedUnit: 's',
    status: WORDS.healthy,
    time: new Date().toISOString(),
  }
  return {
    status: WORDS[status],
    serviceId: service,
    // Of an API the first would be its public version: a service has but one.
    version,
    releaseId: version,
    checks: {
      uptime: [uptime],
      ...Object.fromEntries(
        Object.entries(checks).map(([name, check]) => [
          `${componentName(name)}:responseTime`,
          [measured(name, check)],
        ]),
      ),
    },
  }
}

/** A colon separates a component's name from what is measured of it. */
function componentName(name: string): string {
  return name.replaceAll(':', '_')
}

function measured(name: string, check: ReportedCheck): object {
  const { status, kind, critical, durationMs, lastRun, lastSuccess, reason, details } = check
  return {
    componentId: name,
    // Another service is one component of what this one is made of.
    componentType: kind === 'service' ? 'component' : kind,
    observedValue: durationMs,
    observedUnit: 'ms',
    status: WORDS[status],
    time: lastRun,
    ...(status !== 'healthy' && { output: reason }),
    critical,
    lastSuccess,
    details,
  }
}
