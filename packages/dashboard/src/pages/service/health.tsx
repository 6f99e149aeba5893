import { useComputed } from '@preact/signals'

import { type Lines, useLines } from '../../api/series.ts'
import { lastOf } from '../../charts/lines.ts'
import { clock } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { Shown } from '../../parts/shown.tsx'
import { Value } from '../../parts/value.tsx'
import { partOf, quoted, together } from '../../promql/together.ts'

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

/** The health checks of a service, as the kit exports them. */
export function useChecks(name: string) {
  const lines = useLines(() => {
    const checks = `{job=${quoted(name)}}`
    return together({
      status: `min by (check, instance) (health_check_status${checks})`,
      took: `max by (check, instance) (health_check_duration_seconds${checks})`,
    })
  })
  const checks = useComputed(() => checksOf(lines.answer.value.value))
  return { ...lines, checks }
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
      const durations = took.flatMap(({ labels, values }) =>
        labels['check'] === name ? (lastOf(values) ?? []) : [],
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

const MARKS = { healthy: 'ok', degraded: 'warn', unhealthy: 'bad' } as const

/** The health checks of a service. */
export function Health({ checks, ...found }: ReturnType<typeof useChecks>) {
  return (
    <section class="c5" id="health" aria-labelledby="h-health">
      <div class="head">
        <h2 id="h-health">Health checks</h2>
        <span class="aside">as the instances report them</span>
      </div>
      <Shown
        {...found}
        isEmpty={() => checks.value.length === 0}
        empty="No health checks reported. The kit exports those that are registered with health.check()."
      >
        {() => (
          <div class="wide">
            <table class="tbl">
              <thead>
                <tr>
                  <th scope="col">Check</th>
                  <th scope="col">State</th>
                  <th scope="col" class="num">
                    Took
                  </th>
                  <th scope="col" class="num">
                    Since
                  </th>
                </tr>
              </thead>
              <tbody>
                {checks.value.map(({ name, state, instances, took, since }) => (
                  <tr key={name}>
                    <th scope="row">
                      <span class="name">
                        <StateMark state={MARKS[state]} />
                        <bdi class="clip">{name}</bdi>
                      </span>
                    </th>
                    <td class={state === 'healthy' ? '' : MARKS[state]}>
                      {state}
                      {instances.length > 0 && ` on ${instances.join(', ')}`}
                    </td>
                    <td class="num">
                      <Value of={took} unit="s" />
                    </td>
                    <td class="num muted">{since !== undefined && clock(since)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  )
}
