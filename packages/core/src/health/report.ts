import type { CheckKind, CheckOutcome, HealthStatus } from './check.ts'
import type { HealthCheck } from './health-check.ts'

/** The health of a service, as a whole and per check. */
export interface HealthReport {
  readonly status: HealthStatus
  readonly service: string
  readonly version: string | undefined
  readonly uptimeSeconds: number
  readonly checks: Readonly<Record<string, ReportedCheck>>
}

/** The report of a check. Reasons and details are included only on request, since they name internals. */
export interface ReportedCheck extends Pick<CheckOutcome, 'status' | 'durationMs'> {
  readonly critical: boolean
  readonly kind: CheckKind
  /** Time of the last run, ISO 8601; `undefined` before the first. */
  readonly lastRun: string | undefined
  /** Time of the last success, ISO 8601; `undefined` before the first. */
  readonly lastSuccess: string | undefined
  readonly reason?: string
  readonly details?: unknown
}

/** The known outcome of a check, without a run. */
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
