import type { ErrorGroup } from '../../store/search.ts'
import type { TaskContext } from '../tasks/task.ts'
import { type Change, type Steps, timeAt } from './change.ts'
import type { RatesByService } from './request-changes.ts'

const MOST_GROUPS = 1_000
/** Milliseconds that a service has been known for, when an error of it is new. */
const KNOWN_MS = 300_000

/** Error groups that were first seen in the range, and resolved ones that have come back. */
export async function errorChanges(
  { reader, timeMs }: TaskContext,
  steps: Steps,
  rates: RatesByService,
): Promise<readonly Change[]> {
  const { from, to } = steps
  const range = { from: BigInt(Math.floor(from)) * 1_000_000n, to: BigInt(Math.ceil(to)) * 1_000_000n }
  const { items } = await reader.errors({ ...range, timeMs: timeMs / 4, limit: MOST_GROUPS })
  return items.flatMap((group): Change[] => {
    if (group.state.kind === 'ignored' || group.state.kind === 'resolved') return []
    const since = knownSince(group.services, rates, steps)
    // A hub that has just begun to receive a service does not know what is new.
    const isNew = group.firstSeen >= range.from && Number(group.firstSeen) / 1e6 >= since + KNOWN_MS
    const isBack = group.state.kind === 'regressed'
    if (!isNew && !isBack) return []
    return [
      {
        time: isNew ? Number(group.firstSeen) / 1e6 : firstOccurrence(group, from, to),
        kind: isNew ? 'error-new' : 'error-regressed',
        state: 'bad',
        service: group.services[0] ?? '',
        fingerprint: group.fingerprint,
        type: group.type,
        count: group.count,
        ...(group.firstVersion !== '' && isNew && { version: group.firstVersion }),
      },
    ]
  })
}

/** When the first of some services was first seen, or the beginning of the steps. */
function knownSince(services: readonly string[], rates: RatesByService, steps: Steps): number {
  const known = services.map((service) => {
    const first = rates.get(service)?.findIndex((rate) => rate !== null) ?? -1
    return first === -1 ? timeAt(steps, 0) : timeAt(steps, first)
  })
  return Math.min(...known)
}

/** The beginning of the first part of the trend that has an occurrence. */
function firstOccurrence({ trend }: ErrorGroup, from: number, to: number): number {
  const part = trend.findIndex((count) => count > 0)
  return from + (Math.max(0, part) / trend.length) * (to - from)
}
