import type { TaskContext } from '../tasks/task.ts'
import { finite, quantiles, quote, type Sample, vector } from './vectors.ts'

/** Calls from one service to another, from spans. Per second; durations in seconds. */
export interface Dependency {
  readonly client: string
  readonly server: string
  readonly rate: number
  readonly errors: number
  readonly p95: number | null
}

const GRAPH = 'traces_service_graph_request'

/** The calls between services, or those from and to one service. */
export async function dependencies(
  context: TaskContext,
  {
    time,
    window,
    service,
  }: { readonly time: number; readonly window: number; readonly service?: string | undefined },
): Promise<readonly Dependency[]> {
  const rates = (name: string, labels: string) => {
    const rate = (matchers: string) => `sum by (${labels}) (rate(${GRAPH}_${name}${matchers}[${window}ms]))`
    if (service === undefined) return vector(context, rate(''), time)
    // Both sides have the same value where a service calls itself.
    const sides = ['client', 'server'].map((side) => rate(`{${side}=${quote(service)}}`))
    return vector(context, sides.join(' or '), time)
  }
  const total = await rates('total', 'client, server')
  const failed = byEnds(await rates('failed_total', 'client, server'))
  const [p95 = []] = quantiles(await rates('server_seconds_bucket', 'client, server, le'), [0.95])
  const durations = byEnds(p95)
  return total
    .map(({ labels, value }) => ({
      client: labels['client'] ?? '',
      server: labels['server'] ?? '',
      rate: value,
      errors: failed.get(endsOf(labels)) ?? 0,
      p95: finite(durations.get(endsOf(labels))),
    }))
    .toSorted((a, b) => b.rate - a.rate || (a.client + a.server < b.client + b.server ? -1 : 1))
}

/** Numbers of calls over a range of time, as Jaeger's `dependencies` has them. */
export async function callCounts(
  context: TaskContext,
  { time, window }: { readonly time: number; readonly window: number },
): Promise<readonly { readonly parent: string; readonly child: string; readonly callCount: number }[]> {
  const query = `sum by (client, server) (increase(${GRAPH}_total[${window}ms]))`
  return (await vector(context, query, time))
    .map(({ labels, value }) => ({
      parent: labels['client'] ?? '',
      child: labels['server'] ?? '',
      callCount: Math.round(value),
    }))
    .filter(({ callCount }) => callCount > 0)
}

function byEnds(samples: readonly Sample[]): ReadonlyMap<string, number> {
  return new Map(samples.map(({ labels, value }) => [endsOf(labels), value]))
}

function endsOf({ client = '', server = '' }: Sample['labels']): string {
  return `${client}\u0000${server}`
}
