import { parseSelector } from '@sightline/promql'

import type { TaskContext } from '../tasks/task.ts'
import { groupOf } from '../views/groups.ts'
import { oneOf, quote, type Sample, vector } from './vectors.ts'

/** An instance of a service. */
export interface Instance {
  readonly instance: string
  /** Empty where unknown. */
  readonly version: string
  /** Has sent telemetry or was scraped within the last 5 minutes. */
  readonly live: boolean
  /** The last scrape failed. */
  readonly down: boolean
}

/** One series of each instance, which exists as long as the instance sends metrics or is scraped. */
const INFOS = ['target_info', 'service_info']

/** Many series of each instance, which are only read for services without {@link INFOS}. */
const REQUESTS = ['http_server_request_duration_seconds_count', 'http_requests_total']

/** Series that the hub derives from events. They exist longer than their instance, but do not grow any more. */
const DERIVED = ['traces_spanmetrics_calls_total', 'log_records_total']

/** How long ago a service was last seen that is still listed, in milliseconds. */
const LISTED_MS = 24 * 3_600_000

/** The services that have sent telemetry or were scraped within the last day, by name. */
export async function jobsAt({ reader, signal }: TaskContext, time: number): Promise<readonly string[]> {
  const names = [...INFOS, ...REQUESTS, ...DERIVED, 'up'].join('|')
  const matchers = parseSelector(`{__name__=~"${names}", job!=""}`)
  return (
    await reader.labelValues('job', [{ matchers, start: time - LISTED_MS, end: time, signal }])
  ).toSorted()
}

/** The instances of services at a time, in milliseconds since 1970, by service. */
export async function instancesAt(
  context: TaskContext,
  jobs: readonly string[],
  time: number,
): Promise<ReadonlyMap<string, readonly Instance[]>> {
  const found = new Map<string, Map<string, { version: string; live: boolean; down: boolean }>>()
  const instanceOf = ({ job = '', instance = '' }: Sample['labels']) => {
    const ofJob = groupOf(
      found,
      job,
      () => new Map<string, { version: string; live: boolean; down: boolean }>(),
    )
    return groupOf(ofJob, instance, () => ({ version: '', live: false, down: false }))
  }
  if (jobs.length === 0) return new Map()

  const of = `job=~${oneOf(jobs)}`
  const infos = `{__name__=~"${INFOS.join('|')}", ${of}}`
  // Versions stay known for an hour after an instance has ended.
  const known = `group by (job, instance, version, service_version) (last_over_time(${infos}[1h]))`
  for (const { labels } of await vector(context, known, time))
    instanceOf(labels).version = labels['service_version'] ?? labels['version'] ?? ''
  for (const { labels } of await vector(context, `group by (job, instance) (${infos})`, time))
    instanceOf(labels).live = true
  for (const { labels, value } of await vector(context, `max by (job, instance) (up{${of}})`, time)) {
    const instance = instanceOf(labels)
    instance.live = value > 0
    instance.down = value === 0
  }

  const others = jobs.filter((job) => !hasCurrent(found.get(job)?.values()))
  if (others.length > 0) {
    for (const { labels } of await vector(context, activity(others), time)) instanceOf(labels).live = true
  }
  return new Map([...found].map(([job, instances]) => [job, listed(instances)]))
}

/** An expression for the instances that have requests, or have sent spans or log records. */
function activity(jobs: readonly string[]): string {
  const of = `job=~${oneOf(jobs)}`
  const growing = DERIVED.map((name) => `sum by (job, instance) (rate(${name}{${of}}[5m])) > 0`)
  return [`group by (job, instance) ({__name__=~"${REQUESTS.join('|')}", ${of}})`, ...growing].join(' or ')
}

type Known = Omit<Instance, 'instance'>

function hasCurrent(instances: Iterable<Known> = []): boolean {
  return [...instances].some(({ live, down }) => live || down)
}

/** The current instances. Where there are none, those of the last hour. */
function listed(instances: ReadonlyMap<string, Known>): readonly Instance[] {
  const isCurrent = hasCurrent(instances.values())
  return [...instances]
    .filter(([, { live, down }]) => live || down || !isCurrent)
    .map(([instance, known]) => ({ instance, ...known }))
    .toSorted((a, b) => (a.instance < b.instance ? -1 : 1))
}

/** The worst event-loop delay (99th percentile, in seconds) of each service. */
export async function eventLoopDelays(
  context: TaskContext,
  jobs: readonly string[],
  time: number,
): Promise<ReadonlyMap<string, number>> {
  const names = ['nodejs_eventloop_lag_p99_seconds', 'nodejs_eventloop_delay_p99_seconds'].join('|')
  const query = `max by (job) ({__name__=~${quote(names)}, job=~${oneOf(jobs)}})`
  return new Map(
    (await vector(context, query, time)).map(({ labels, value }) => [labels['job'] ?? '', value]),
  )
}
