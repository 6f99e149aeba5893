import type { TaskContext } from '../tasks/task.ts'
import { eventLoopDelays, type Instance, instancesAt, jobsAt } from './instances.ts'
import { figures, metricsByJob, rateTrends, type RequestFigures } from './request-metrics.ts'
import { type ServiceState, stateOf, STATES } from './state.ts'
import { finite } from './vectors.ts'

/** Which services at which time. */
export interface ServicesTask {
  /** The time of the figures, in milliseconds since 1970. */
  readonly time: number
  /** Milliseconds before `time` that rates and durations are computed over. */
  readonly window: number
  /** Milliseconds before `time` where the trend begins. */
  readonly trend: number
}

/** A service in the list. */
export interface ServiceSummary {
  readonly name: string
  readonly state: ServiceState
  readonly reason: string
  readonly instances: { readonly live: number; readonly down: number }
  /** Versions of the live instances. */
  readonly versions: readonly string[]
  /** `null` for a service without requests. */
  readonly requests: (RequestFigures & { readonly estimated: boolean }) | null
  /** Requests per second at 30 equal steps. Empty for a service without requests. */
  readonly trend: readonly (number | null)[]
  /** The 99th percentile of the worst instance, in seconds. */
  readonly eventLoopDelay: number | null
}

const TREND_STEPS = 30

/** All services, the worst first, and by name among equal states. Reads series only. */
export async function serviceList(
  context: TaskContext,
  task: ServicesTask,
): Promise<readonly ServiceSummary[]> {
  return summaries(context, await jobsAt(context, task.time), task)
}

/** Summaries of some services. */
export async function summaries(
  context: TaskContext,
  jobs: readonly string[],
  { time, window, trend }: ServicesTask,
): Promise<readonly ServiceSummary[]> {
  if (jobs.length === 0) return []
  const instances = await instancesAt(context, jobs, time)
  const delays = await eventLoopDelays(context, jobs, time)
  const requests = new Map<string, RequestFigures & { readonly estimated: boolean }>()
  const rates = new Map<string, readonly (number | null)[]>()
  const step = Math.max(1000, Math.floor(trend / TREND_STEPS))
  for (const [metrics, mine] of await metricsByJob(context, jobs, {
    start: time - Math.max(window, trend),
    end: time,
  })) {
    const range = { by: ['job'], time, window: `${window}ms` }
    for (const { labels, figures: one } of await figures(context, metrics, mine, range))
      requests.set(labels['job'] ?? '', { ...one, estimated: metrics.estimated })
    for (const [job, values] of await rateTrends(context, metrics, mine, {
      end: time,
      step,
      count: TREND_STEPS,
    }))
      rates.set(job, values)
  }
  return jobs
    .map((name) =>
      summary(name, instances.get(name) ?? [], requests.get(name), rates.get(name), delays.get(name)),
    )
    .toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || (a.name < b.name ? -1 : 1))
}

function summary(
  name: string,
  instances: readonly Instance[],
  requests: ServiceSummary['requests'] | undefined,
  trend: readonly (number | null)[] | undefined,
  delay: number | undefined,
): ServiceSummary {
  const live = instances.filter((instance) => instance.live && !instance.down)
  return {
    name,
    ...stateOf(instances, requests ?? undefined),
    instances: { live: live.length, down: instances.filter(({ down }) => down).length },
    versions: [...new Set(live.map(({ version }) => version).filter((version) => version !== ''))].toSorted(),
    requests: requests ?? null,
    trend: trend ?? [],
    eventLoopDelay: finite(delay),
  }
}
