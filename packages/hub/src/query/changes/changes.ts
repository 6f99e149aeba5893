import { jobsAt } from '../services/instances.ts'
import type { TaskContext } from '../tasks/task.ts'
import { callChanges } from './call-changes.ts'
import { type Change, stepsOf } from './change.ts'
import { errorChanges } from './error-changes.ts'
import { ratioChanges } from './ratio-changes.ts'
import { requestChanges } from './request-changes.ts'
import { versionChanges } from './version-changes.ts'

/** A range of time, in milliseconds since 1970. */
export interface ChangesTask {
  readonly from: number
  readonly to: number
}

/** Changes in 20 minutes, and in a longer range. */
const IN_20_MINUTES = 6
const MOST = 50
const IMPORTANCE = ['deploy', 'bad', 'warn', 'note'] as const
/** Causes before their effects, where both are of the same time. */
const ORDER: readonly Change['kind'][] = ['version', 'calls', 'latency', 'errors', 'error-new']

/**
 * What changed in a range, oldest first: versions, rates, errors and durations of services, their calls, declared ratios, and error groups. A
 * level is compared with the one before, which may lie before the range. Only clear differences count, with at least 30 requests on each
 * side. Of too many, the less important ones are left out.
 */
export async function changes(context: TaskContext, { from, to }: ChangesTask): Promise<readonly Change[]> {
  const steps = stepsOf(from, to)
  const jobs = await jobsAt(context, to)
  const requests = await requestChanges(context, jobs, steps)
  const found = [
    ...(await versionChanges(context, jobs, steps)),
    ...requests.changes,
    ...(await callChanges(context, requests.rates, steps)),
    ...(await ratioChanges(context, steps)),
    ...(await errorChanges(context, steps, requests.rates)),
  ]
  const most = Math.min(MOST, Math.max(IN_20_MINUTES, Math.ceil(((to - from) / 1_200_000) * IN_20_MINUTES)))
  return varied(found)
    .toSorted((a, b) => IMPORTANCE.indexOf(a.state) - IMPORTANCE.indexOf(b.state))
    .slice(0, most)
    .toSorted((a, b) => a.time - b.time || placeOf(a) - placeOf(b))
    .map((change) => ({ ...change, time: Math.round(change.time) }))
}

/** The largest change of each kind, then the second one of each, and so on: many errors of one cause do not hide what else it did. */
function varied(found: readonly Change[]): Change[] {
  const kinds = Map.groupBy(
    found.toSorted((a, b) => sizeOf(b) - sizeOf(a)),
    ({ kind }) => kind,
  )
  const rank = (change: Change) => kinds.get(change.kind)?.indexOf(change) ?? 0
  return found.toSorted((a, b) => rank(a) - rank(b) || sizeOf(b) - sizeOf(a))
}

function sizeOf({ before = 1, after = 1, count = 0 }: Change): number {
  return count > 0 ? count : Math.abs(Math.log(Math.max(after, 1e-6) / Math.max(before, 1e-6)))
}

function placeOf({ kind }: Change): number {
  const place = ORDER.indexOf(kind)
  return place === -1 ? ORDER.length : place
}
