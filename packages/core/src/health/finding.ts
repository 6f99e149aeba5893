import type { CheckFunction, CheckOutcome, HealthStatus } from './check.ts'

/** What one run has found. */
export type Finding = Pick<CheckOutcome, 'status' | 'reason' | 'details'>

const STATUSES: readonly unknown[] = ['healthy', 'degraded', 'unhealthy'] satisfies HealthStatus[]

/** What a check says, whatever way it says it. Never rejects. */
export async function findingOf(fn: CheckFunction, signal: AbortSignal): Promise<Finding> {
  try {
    // Not called within the call that asks for it: a check that asks for its own outcome waits, and does not recurse.
    await Promise.resolve()
    const result: unknown = await fn(signal)
    if (result === false) return unhealthy('it said no')
    // Who returns the rows of a query or the answer of a ping has told that it worked.
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

/** A finding that is the check's fault or its subject's. */
export function unhealthy(reason: string): Finding {
  return { status: 'unhealthy', reason, details: undefined }
}

/** What was thrown, in words. It may throw itself when it is read. */
function reasonOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error)
    // node tries all addresses of a name, and where all fail says so only in their errors.
    if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
    return error.message || error.name
  } catch {
    return 'it threw something that cannot be read'
  }
}
