import { parseSelector } from '@sightline/promql'

import { quote } from '../services/vectors.ts'
import type { TaskContext } from '../tasks/task.ts'
import { groupOf } from '../views/groups.ts'

/** A time in which an instance ran a version. Milliseconds since 1970. */
export interface Stay {
  readonly instance: string
  /** Empty where unknown. */
  readonly version: string
  readonly from: number
  readonly to: number
}

/** How long before the range a version may have begun, in milliseconds. */
const BEFORE_MS = 24 * 3_600_000
/** Most milliseconds between two samples of `target_info` while its instance runs. */
const INTERVAL_MS = 150_000

/** A sample of the series that has the version of an instance. `version` is `undefined` where the series ends. */
interface Sighting {
  readonly time: number
  readonly version: string | undefined
}

/**
 * The stays of the instances of a service, oldest first, from a day before a range to its end. The versions are those of `target_info`, or of
 * `service_info` where it is scraped.
 */
export async function staysOf(
  { reader, signal }: TaskContext,
  job: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Stay[]> {
  const matchers = parseSelector(`{__name__=~"target_info|service_info", job=${quote(job)}}`)
  const found = await reader.select({ matchers, start: from - BEFORE_MS, end: to, signal })
  const seen = new Map<string, Sighting[]>()
  for (const { labels, times, values } of found) {
    const version = labels['service_version'] ?? labels['version'] ?? ''
    const sightings = groupOf(seen, labels['instance'] ?? '', (): Sighting[] => [])
    for (const [index, time] of times.entries()) {
      // The only value that is not a number is the marker of the end of a series.
      if (time >= from - BEFORE_MS && time <= to)
        sightings.push({ time, version: Number.isNaN(values[index]) ? undefined : version })
    }
  }
  return [...seen]
    .flatMap(([instance, sightings]) => staysOfInstance(instance, sightings, to))
    .toSorted((a, b) => a.from - b.from || (a.instance < b.instance ? -1 : 1))
}

function staysOfInstance(instance: string, sightings: readonly Sighting[], end: number): Stay[] {
  // Where one of two series has no version, the other one tells.
  const isKnown = sightings.some(({ version }) => version !== undefined && version !== '')
  const ordered = sightings
    .filter(({ version }) => !isKnown || version !== '')
    // An old series ends at the time at which the new one begins.
    .toSorted((a, b) => a.time - b.time || Number(b.version === undefined) - Number(a.version === undefined))
  const stays: Array<{ version: string; from: number; to: number; every: number; isOver: boolean }> = []
  for (const { time, version } of ordered) {
    const last = stays.at(-1)
    if (version === undefined) {
      if (last !== undefined) {
        last.to = time
        last.isOver = true
      }
    } else if (last?.version === version) {
      last.every = time - last.to
      last.to = time
      last.isOver = false
    } else {
      if (last?.isOver === false) last.to = time
      stays.push({ version, from: time, to: time, every: INTERVAL_MS, isOver: false })
    }
  }
  return stays.map(({ version, from, to, every, isOver }, index) => ({
    instance,
    version,
    from,
    // An instance that ends without a marker has run a little longer than its last sample.
    to: isOver || index < stays.length - 1 ? to : Math.min(end, to + Math.min(every, INTERVAL_MS)),
  }))
}
