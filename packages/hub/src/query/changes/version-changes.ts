import { parseSelector } from '@sightline/promql'

import { oneOf, quote, trends } from '../services/vectors.ts'
import type { TaskContext } from '../tasks/task.ts'
import { type Change, type Steps, timeAt } from './change.ts'

/** An instance of a version, and the steps at which it was there. */
interface Seen {
  readonly service: string
  readonly instance: string
  readonly version: string
  readonly first: number
  readonly last: number
}

/** Steps at the end without an instance, from which on it is gone. */
const GONE = 4

/** New versions, and instances that have gone without being replaced. */
export async function versionChanges(
  context: TaskContext,
  jobs: readonly string[],
  steps: Steps,
): Promise<readonly Change[]> {
  const seen = await instancesSeen(context, jobs, steps)
  const half = Math.floor(steps.count / 2)
  const changes: Change[] = []
  for (const service of new Set(seen.map((each) => each.service))) {
    const own = seen.filter((each) => each.service === service)
    for (const version of new Set(own.map((each) => each.version).filter((each) => each !== ''))) {
      const change = deployment(service, version, own, half)
      if (change !== undefined)
        changes.push({
          ...change,
          time: await firstSample(context, change, timeAt(steps, change.time), steps),
        })
    }
    for (const { instance, last } of own) {
      const isReplaced = own.some((other) => other.instance !== instance && other.first >= last - GONE)
      if (last < half || last > steps.count - 1 - GONE || isReplaced) continue
      changes.push({
        time: timeAt(steps, last),
        kind: 'instance-gone',
        state: 'warn',
        service,
        instances: [instance],
      })
    }
  }
  return changes
}

/** The appearance of a version in the second half of the steps, with its step as the time. */
function deployment(
  service: string,
  version: string,
  own: readonly Seen[],
  half: number,
): Change | undefined {
  const mine = own.filter((each) => each.version === version)
  const first = Math.min(...mine.map((each) => each.first))
  const before = own
    .filter((each) => each.version !== version && each.version !== '' && each.first < first)
    .toSorted((a, b) => b.last - a.last)
  // A service that was not there before is not a deployment that explains anything.
  if (first < half || before.length === 0) return undefined
  const instances = [...new Set(mine.map((each) => each.instance))].toSorted()
  const sameInstance = before.find(({ instance }) => instances.includes(instance))
  const replaced = (sameInstance ?? before[0])?.version ?? ''
  return { time: first, kind: 'version', state: 'deploy', service, version, replaced, instances }
}

/** The exact time at which a version was first seen, between two steps. */
async function firstSample(
  { reader, signal }: TaskContext,
  { service, version = '' }: Change,
  time: number,
  { step }: Steps,
): Promise<number> {
  const of = `__name__=~"target_info|service_info", job=${quote(service)}`
  const selectors = ['service_version', 'version'].map((label) => `{${of}, ${label}=${quote(version)}}`)
  const times: number[] = []
  for (const selector of selectors) {
    const matchers = parseSelector(selector)
    const found = await reader.select({ matchers, start: time - step, end: time, signal })
    times.push(...found.flatMap((series) => series.times.at(0) ?? []))
  }
  return times.length === 0 ? time : Math.min(...times)
}

async function instancesSeen(
  context: TaskContext,
  jobs: readonly string[],
  { to: end, step, count }: Steps,
): Promise<readonly Seen[]> {
  if (jobs.length === 0) return []
  const infos = `{__name__=~"target_info|service_info", job=~${oneOf(jobs)}}`
  const by = 'job, instance, version, service_version'
  const found = await trends(context, `group by (${by}) (${infos})`, { end, step, count })
  return found.map(({ labels, values }) => ({
    service: labels['job'] ?? '',
    instance: labels['instance'] ?? '',
    version: labels['service_version'] ?? labels['version'] ?? '',
    first: values.findIndex((value) => value !== null),
    last: values.findLastIndex((value) => value !== null),
  }))
}
