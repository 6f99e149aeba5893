import type { CheckFunction, CheckOutcome, HealthStatus } from './check.ts'

/** The finding of one run. */
export type Finding = Pick<CheckOutcome, 'status' | 'reason' | 'details'>

const STATUSES: readonly unknown[] = ['healthy', 'degraded', 'unhealthy'] satisfies HealthStatus[]

/** The finding from a check's result in any form. Never rejects. */
export async function findingOf(fn: CheckFunction, signal: AbortSignal): Promise<Finding> {
  try {
    // Runs asynchronously: a check that requests its own outcome then waits, and does not recurse.
    await Promise.resolve()
    const result: unknown = await fn(signal)
    if (result === false) return unhealthy('it said no')
    // A check may return anything (rows, a ping reply): only `false`, a throw or a `status` counts.
    if (typeof result !== 'object' || result === null || !('status' in result)) return HEALTHY
    const { status, reason, details } = result as Partial<Finding>
    if (!STATUSES.includes(status))
      return unhealthy(`it said ${String(status)}, but knows only ${STATUSES.join(', ')}`)
    return { status: status as HealthStatus, reason, details }
  } catch (error) {
    return unhealthy(reasonOf(error))
  }
}

const HEALTHY: Finding = { status: 'healthy', reason: undefined, details: undefined }

export function unhealthy(reason: string): Finding {
  return { status: 'unhealthy', reason, details: undefined }
}

/** The text of a thrown value, which may throw when it is read. */
function reasonOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error)
    // node tries all addresses of a name. If all fail, only the inner errors say why.
    if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
    return error.message || error.name
  } catch {
    return 'it threw something that cannot be read'
  }
}
