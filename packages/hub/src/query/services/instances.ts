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

/** Series that exist as long as their instance sends metrics or is scraped. */
const PRESENT = [
  'target_info',
  'service_info',
  'http_server_request_duration_seconds_count',
  'http_requests_total',
]

/** Series that the hub derives from events. They exist longer than their instance, but do not grow any more. */
const DERIVED = ['traces_spanmetrics_calls_total', 'log_records_total']

/** How long ago a service was last seen that is still listed, in milliseconds. */
const LISTED_MS = 24 * 3_600_000

/** The services that have sent telemetry or were scraped within the last day, by name. */
export async function jobsAt({ reader, signal }: TaskContext, time: number): Promise<readonly string[]> {
  const names = [...PRESENT, ...DERIVED, 'up'].join('|')
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
  const instanceOf = ({ job = '', instance = '' }: Sample['labels']) =>
    groupOf(
      groupOf(found, job, () => new Map()),
      instance,
      () => ({ version: '', live: false, down: false }),
    )
  if (jobs.length === 0) return new Map()
  const job = `job=~${oneOf(jobs)}`

  // Versions stay known for an hour after an instance has ended.
  const infos = `last_over_time({__name__=~"target_info|service_info", ${job}}[1h])`
  for (const { labels } of await vector(
    context,
    `group by (job, instance, version, service_version) (${infos})`,
    time,
  )) {
    const version = labels['service_version'] ?? labels['version']
    if (version !== undefined) instanceOf(labels).version = version
  }
  const present = `group by (job, instance) ({__name__=~"${PRESENT.join('|')}", ${job}})`
  for (const { labels } of await vector(context, present, time)) instanceOf(labels).live = true
  const growing = DERIVED.map((name) => `sum by (job, instance) (rate(${name}{${job}}[5m])) > 0`).join(' or ')
  for (const { labels } of await vector(context, growing, time)) instanceOf(labels).live = true
  for (const { labels, value } of await vector(context, `max by (job, instance) (up{${job}})`, time)) {
    const instance = instanceOf(labels)
    if (value > 0) instance.live = true
    else instance.down = true
  }

  return new Map([...found].map(([name, instances]) => [name, listed(instances)]))
}

/** Series without an instance stand for an instance of their own only where there is no other. */
function listed(instances: ReadonlyMap<string, Omit<Instance, 'instance'>>): readonly Instance[] {
  return [...instances]
    .filter(([instance]) => instance !== '' || instances.size === 1)
    .map(([instance, details]) => ({ instance, ...details }))
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
