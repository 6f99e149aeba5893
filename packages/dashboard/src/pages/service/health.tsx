import { useComputed } from '@preact/signals'

import { useLines } from '../../api/series.ts'
import { clock } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { Shown } from '../../parts/shown.tsx'
import { Value } from '../../parts/value.tsx'
import { quoted, together } from '../../promql/together.ts'
import { Wide } from '../../tables/wide.tsx'
import { checksOf } from './checks.ts'

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
          <Wide>
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
          </Wide>
        )}
      </Shown>
    </section>
  )
}
