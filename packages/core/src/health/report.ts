import type { CheckKind, CheckOutcome, HealthStatus } from './check.ts'
import type { HealthCheck } from './health-check.ts'

/** How a service is, as a whole and check by check. */
export interface HealthReport {
  readonly status: HealthStatus
  readonly service: string
  readonly version: string | undefined
  readonly uptimeSeconds: number
  readonly checks: Readonly<Record<string, ReportedCheck>>
}

/** What a report says of a check. Reasons and details only where they were asked for: they name what is inside. */
export interface ReportedCheck extends Pick<CheckOutcome, 'status' | 'durationMs'> {
  readonly critical: boolean
  readonly kind: CheckKind
  /** When it ran last, ISO 8601; `undefined`: never yet. */
  readonly lastRun: string | undefined
  /** When it worked last, ISO 8601; `undefined`: never yet. */
  readonly lastSuccess: string | undefined
  readonly reason?: string
  readonly details?: unknown
}

/** What is known of a check, without a run. */
export function reportedCheck(
  { critical, kind, last }: Pick<HealthCheck, 'critical' | 'kind' | 'last'>,
  withDetails: boolean,
): ReportedCheck {
  const { status = 'healthy', durationMs = 0, checkedAt, lastSuccessAt, reason, details } = last ?? {}
  return {
    status,
    critical,
    kind,
    durationMs: Math.round(durationMs * 1_000) / 1_000,
    lastRun: isoTime(checkedAt),
    lastSuccess: isoTime(lastSuccessAt),
    ...(withDetails && reason !== undefined && { reason }),
    ...(withDetails && details !== undefined && { details }),
  }
}

function isoTime(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString()
}
