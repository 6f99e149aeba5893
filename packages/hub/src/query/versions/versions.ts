import type { RequestFigures } from '../services/request-metrics.ts'
import { knownJob } from '../services/service-details.ts'
import type { TaskContext } from '../tasks/task.ts'
import { compare, type Compared, type Comparison } from './comparison.ts'
import { type Stay, staysOf } from './stays.ts'
import { Tally } from './tally.ts'
import { type Range, trafficOf } from './traffic.ts'

/** A version of a service. Rates are per second in which an instance of it ran, durations in seconds. */
interface Version extends RequestFigures {
  /** Empty where unknown. */
  readonly version: string
  readonly instances: readonly string[]
  /** Nanoseconds since 1970 as text: within the day before the range, or the range. `null` where unknown. */
  readonly firstSeen: string | null
  /** Requests within the range. */
  readonly requests: number
  readonly estimated: boolean
}

/** The versions of a service in a range, the newest first, and the comparison of the newest with the one before. */
export interface Versions {
  readonly versions: readonly Version[]
  readonly comparison: Comparison | null
  readonly complete: boolean
}

/** Reads series only. Fails with `not_found` for a service that was not seen within the last day. */
export async function versions(
  context: TaskContext,
  { name, ...range }: Range & { readonly name: string },
): Promise<Versions> {
  const job = await knownJob(context, name, range.to)
  const stays = await staysOf(context, job, range)
  const traffic = await trafficOf(context, job, range, stays)
  const ran = stays.filter(({ to }) => to >= range.from)
  const names = new Set([...ran.map(({ version }) => version), ...traffic.versions.keys()])
  const list = Array.from(names, (version) => ({
    version,
    routes: traffic.versions.get(version) ?? new Map<string, never>(),
    stays: stays.filter((stay) => stay.version === version),
  }))
    // The newest first. One that is unknown comes last.
    .toSorted((a, b) => firstSeenOf(b.stays) - firstSeenOf(a.stays) || (a.version < b.version ? -1 : 1))
    .map((each) => ({ ...each, seconds: secondsOf(each.stays, range) }))
  return {
    versions: list.map(({ version, routes, stays: own, seconds }) => {
      const total = new Tally()
      for (const { tally } of routes.values()) total.add(tally)
      const [p50 = null, p95 = null, p99 = null] = total.quantiles([0.5, 0.95, 0.99])
      return {
        version,
        instances: instancesOf(own, range),
        firstSeen: own.length === 0 ? null : `${Math.floor(firstSeenOf(own))}000000`,
        requests: Math.round(total.requests),
        rate: seconds > 0 ? total.requests / seconds : 0,
        errors: seconds > 0 ? total.errors / seconds : 0,
        errorRatio: total.errorRatio,
        p50,
        p95,
        p99,
        estimated: traffic.estimated,
      }
    }),
    comparison: newestComparison(list.filter(({ version }) => version !== '')) ?? null,
    complete: traffic.complete,
  }
}

/** Of the newest version that can be compared, with the one before it that it can be compared with. */
function newestComparison(list: readonly Compared[]): Comparison | undefined {
  for (const [index, newer] of list.entries())
    for (const older of list.slice(index + 1)) {
      const comparison = compare(newer, older)
      if (comparison !== undefined) return comparison
    }
  return undefined
}

function firstSeenOf(stays: readonly Stay[]): number {
  return stays.reduce((first, { from }) => Math.min(first, from), stays.length === 0 ? 0 : Infinity)
}

function instancesOf(stays: readonly Stay[], { from }: Range): readonly string[] {
  return [...new Set(stays.filter(({ to }) => to >= from).map(({ instance }) => instance))].toSorted()
}

/** Seconds of a range in which at least one of the stays was, or all of it without a stay. */
function secondsOf(stays: readonly Stay[], { from, to }: Range): number {
  if (stays.length === 0) return (to - from) / 1_000
  let seconds = 0
  let end = from
  for (const stay of stays) {
    const [start, last] = [Math.max(end, stay.from), Math.min(to, stay.to)]
    if (last <= start) continue
    seconds += (last - start) / 1_000
    end = last
  }
  return seconds
}
