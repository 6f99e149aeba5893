import type { HealthStatus } from './check.ts'
import type { HealthReport, ReportedCheck } from './report.ts'

/** The media type of https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06 */
export const HEALTH_JSON = 'application/health+json'

const WORDS: Readonly<Record<HealthStatus, string>> = { healthy: 'pass', degraded: 'warn', unhealthy: 'fail' }

/** A report in the draft's format. Values without a counterpart in the draft keep our names. */
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
    // For an API, `version` is the public version. A service has only one version.
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

/** A colon separates a component's name from its measurement. */
function componentName(name: string): string {
  return name.replaceAll(':', '_')
}

function measured(name: string, check: ReportedCheck): object {
  const { status, kind, critical, durationMs, lastRun, lastSuccess, reason, details } = check
  return {
    componentId: name,
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
