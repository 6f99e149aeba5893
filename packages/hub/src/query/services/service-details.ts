import { QueryError } from '../query-error.ts'
import type { TaskContext } from '../tasks/task.ts'
import { dependencies, type Dependency } from './dependencies.ts'
import { type Instance, instancesAt, jobsAt } from './instances.ts'
import { figures, keyOf, metricsByJob, type RequestFigures, timeSpent } from './request-metrics.ts'
import { type ServicesTask, type ServiceSummary, summaries } from './service-list.ts'
import { finite } from './vectors.ts'

/** A service, and the range of time of its routes and dependencies: the milliseconds before `time`. */
export interface ServiceTask extends ServicesTask {
  readonly name: string
  readonly range: number
}

/** Requests of a route over the range. */
interface Route extends RequestFigures {
  readonly route: string
  /** Empty where the metrics have none. */
  readonly method: string
  /** Share of the time that all requests took, 0 to 1. */
  readonly share: number | null
}

/** A service with its parts. */
export interface ServiceDetails extends Omit<ServiceSummary, 'instances'> {
  readonly instances: readonly Instance[]
  /** By share of time, the largest first. */
  readonly routes: readonly Route[]
  readonly dependencies: readonly Dependency[]
}

/** One service. Reads series only. Fails with `not_found` for a service that was not seen within the last day. */
export async function serviceDetails(context: TaskContext, task: ServiceTask): Promise<ServiceDetails> {
  const { time, range } = task
  const name = await knownJob(context, task.name, time)
  const [summary] = await summaries(context, [name], task)
  if (summary === undefined) throw unknownService(task.name)
  return {
    ...summary,
    instances: (await instancesAt(context, [name], time)).get(name) ?? [],
    routes: await routesOf(context, { ...task, name }),
    dependencies: await dependencies(context, { time, window: range, service: name }),
  }
}

/** The job of a service that was seen within the day before a time. Fails with `not_found`. */
export async function knownJob(context: TaskContext, name: string, time: number): Promise<string> {
  const job = jobOf(name, await jobsAt(context, time))
  if (job === undefined) throw unknownService(name)
  return job
}

function unknownService(name: string): QueryError {
  return new QueryError(
    'not_found',
    `The service ${JSON.stringify(name)} has sent no telemetry within the last day`,
  )
}

/** The job of a service. Its name may lack the namespace, as it does in spans and log records, where only one job fits. */
function jobOf(name: string, jobs: readonly string[]): string | undefined {
  if (jobs.includes(name)) return name
  const [job, ...others] = jobs.filter((each) => each.endsWith(`/${name}`))
  return others.length === 0 ? job : undefined
}

async function routesOf(context: TaskContext, { name, time, range }: ServiceTask): Promise<readonly Route[]> {
  const window = `${range}ms`
  const [used] = await metricsByJob(context, [name], { start: time - range, end: time })
  if (used === undefined) return []
  const [metrics, jobs] = used
  const by = metrics.method === undefined ? [metrics.route] : [metrics.method, metrics.route]
  const found = await figures(context, metrics, jobs, { by, time, window })
  const spent = await timeSpent(context, metrics, jobs, { by, time, window })
  const seconds = new Map(spent.map(({ labels, value }) => [keyOf(labels, by), value]))
  const total = spent.reduce((sum, { value }) => sum + value, 0)
  return found
    .map(({ labels, figures: one }) => ({
      route: labels[metrics.route] ?? '',
      method: metrics.method === undefined ? '' : (labels[metrics.method] ?? ''),
      ...one,
      share: finite((seconds.get(keyOf(labels, by)) ?? 0) / total),
    }))
    .toSorted((a, b) => (b.share ?? 0) - (a.share ?? 0) || (a.route < b.route ? -1 : 1))
}
