import { metricsByJob, type RequestMetrics, selectorOf } from '../services/request-metrics.ts'
import { oneOf, type Sample, vector } from '../services/vectors.ts'
import type { TaskContext } from '../tasks/task.ts'
import { groupOf } from '../views/groups.ts'
import type { Stay } from './stays.ts'
import { Tally } from './tally.ts'

/** A range of time in milliseconds since 1970. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Requests of a version on a route. */
export interface RouteTraffic {
  readonly route: string
  /** Empty where the metrics have none. */
  readonly method: string
  readonly tally: Tally
}

/** The requests of each version of a service. */
export interface Traffic {
  /** By version, then by method and route. */
  readonly versions: ReadonlyMap<string, ReadonlyMap<string, RouteTraffic>>
  readonly estimated: boolean
  /** False where instances have changed their version more often than is read. */
  readonly complete: boolean
}

/** A part of the range, and the instances of which requests are counted in it. */
interface Part extends Range {
  /** `undefined`: those that have the same version all the time. */
  readonly stays: readonly Stay[] | undefined
}

/** Each change of a version without a new name of the instance is two queries more. */
const MOST_CHANGES = 50

/** Reads the requests of a service by version. An instance that has no stay has an unknown version, the empty text. */
export async function trafficOf(
  context: TaskContext,
  job: string,
  range: Range,
  stays: readonly Stay[],
): Promise<Traffic> {
  const versions = new Map<string, Map<string, RouteTraffic>>()
  const [used] = await metricsByJob(context, [job], { start: range.from, end: range.to })
  if (used === undefined) return { versions, estimated: false, complete: true }
  const [metrics] = used
  const { parts, complete } = partsOf(range, stays)
  const steady = new Map(stays.map(({ instance, version }) => [instance, version]))
  const changing = new Set(parts.flatMap((part) => part.stays?.map(({ instance }) => instance) ?? []))
  for (const part of parts) {
    const own = new Map(part.stays?.map(({ instance, version }) => [instance, version]))
    await read(context, { job, metrics, part }, (labels, route, method) => {
      const { instance = '' } = labels
      if (part.stays === undefined && changing.has(instance)) return undefined
      const version = own.get(instance) ?? steady.get(instance) ?? ''
      const routes = groupOf(versions, version, () => new Map<string, RouteTraffic>())
      return groupOf(routes, `${method}\u0000${route}`, () => ({ route, method, tally: new Tally() })).tally
    })
  }
  return { versions, estimated: metrics.estimated, complete }
}

/**
 * An instance usually has one version for its whole life: the increase over the range is the version's. An instance that has kept its name
 * with another version is read for each stay.
 */
function partsOf(
  range: Range,
  stays: readonly Stay[],
): { readonly parts: readonly Part[]; readonly complete: boolean } {
  const parts: Part[] = [{ ...range, stays: undefined }]
  for (const own of Map.groupBy(stays, ({ instance }) => instance).values()) {
    if (own.length < 2) continue
    for (const [index, stay] of own.entries()) {
      const from = Math.max(range.from, index === 0 ? range.from : stay.from)
      const to = Math.min(range.to, own[index + 1]?.from ?? range.to)
      if (from < to) parts.push({ from, to, stays: [stay] })
    }
  }
  return { parts: parts.slice(0, MOST_CHANGES + 1), complete: parts.length <= MOST_CHANGES + 1 }
}

async function read(
  context: TaskContext,
  { job, metrics, part }: { readonly job: string; readonly metrics: RequestMetrics; readonly part: Part },
  tallyOf: (labels: Sample['labels'], route: string, method: string) => Tally | undefined,
): Promise<void> {
  const { failed, route, method, duration, count } = metrics
  const by = ['instance', ...(method === undefined ? [] : [method]), route]
  const only = part.stays === undefined ? '' : `, instance=~${oneOf(part.stays.map((each) => each.instance))}`
  const query = (name: string, label: string) => {
    const selector = selectorOf(name, metrics, [job]).replace(/\}$/, () => `${only}}`)
    return `sum by (${[...by, label].join(', ')}) (increase(${selector}[${part.to - part.from}ms]))`
  }
  const tally = (labels: Sample['labels']) =>
    tallyOf(labels, labels[route] ?? '', method === undefined ? '' : (labels[method] ?? ''))
  const isFailure = new RegExp(`^(?:${failed.values})$`)
  for (const { labels, value } of await vector(context, query(count, failed.label), part.to))
    tally(labels)?.addRequests(value, isFailure.test(labels[failed.label] ?? ''))
  for (const { labels, value } of await vector(context, query(`${duration}_bucket`, 'le'), part.to))
    tally(labels)?.addBucket(labels['le'] ?? '', value)
}
