import type { Lines } from '../../api/lines.ts'
import { lastOf } from '../../charts/lines.ts'
import { partOf } from '../../promql/together.ts'

/** A health check over all processes of a service. */
export interface Check {
  readonly name: string
  /** The worst state. */
  readonly state: 'healthy' | 'degraded' | 'unhealthy'
  /** The processes that are in this state. Empty if all are healthy. */
  readonly instances: readonly string[]
  /** Seconds of the slowest last run. */
  readonly took: number | null
  /** Since when it is in this state, in milliseconds, if that began in the range. */
  readonly since: number | undefined
}

/** Finds the state of each check, the worst first. A process that no longer reports does not count. */
export function checksOf(found: Lines | undefined): readonly Check[] {
  if (found === undefined) return []
  const { start, step, count } = found.grid
  const status = partOf(found, 'status').lines.filter(({ values }) => (values[count - 1] ?? null) !== null)
  const took = partOf(found, 'took').lines
  return [...new Set(status.map(({ labels }) => labels['check'] ?? ''))]
    .map((name) => {
      const mine = status.filter(({ labels }) => labels['check'] === name)
      const worstAt = (n: number) => {
        const values = mine.flatMap(({ values: each }) => each[n] ?? [])
        return values.length === 0 ? undefined : Math.min(...values)
      }
      const worst = worstAt(count - 1) ?? 1
      let first = count - 1
      while (first > 0 && worstAt(first - 1) === worst) first--
      const live = new Set(mine.map(({ labels }) => labels['instance']))
      const durations = took.flatMap(({ labels, values }) =>
        labels['check'] === name && live.has(labels['instance']) ? (lastOf(values) ?? []) : [],
      )
      return {
        name,
        worst,
        state: worst >= 1 ? ('healthy' as const) : worst > 0 ? ('degraded' as const) : ('unhealthy' as const),
        instances:
          worst >= 1
            ? []
            : mine.flatMap(({ labels, values }) =>
                values[count - 1] === worst ? (labels['instance'] ?? []) : [],
              ),
        took: durations.length === 0 ? null : Math.max(...durations),
        since: first > 0 && worstAt(first - 1) !== undefined ? start + first * step : undefined,
      }
    })
    .toSorted((a, b) => a.worst - b.worst || a.name.localeCompare(b.name))
}
