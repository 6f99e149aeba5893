import type { ReadonlySignal } from '@preact/signals'

import { Spark } from '../../charts/spark.tsx'
import type { Mark } from '../../charts/types.ts'
import { isFresh } from '../../errors/fresh.ts'
import { ordered } from '../../errors/groups.ts'
import { grouped } from '../../format/numbers.ts'
import { spanText } from '../../format/ranges.ts'
import { ago, msOf } from '../../format/times.ts'
import { Shown } from '../../parts/shown.tsx'
import { useMonitor } from '../../shell/monitor.ts'
import { useApp } from '../../state/app.ts'
import { GroupTag } from '../errors/group-row.tsx'

const MOST = 5

/** Errors that came within the range, or came back. */
export function Errors({ marks }: { marks: ReadonlySignal<readonly Mark[]> }) {
  const { address, time } = useApp()
  const { errors, retry } = useMonitor()
  const { from } = time.span.value
  const all = errors.value.value?.errors ?? []
  const span = spanText(time.span.value, time.last.value)
  return (
    <section class="c7" aria-labelledby="h-errors">
      <div class="head">
        <h2 id="h-errors">New and returning errors</h2>
        <span class="aside">
          <a href={address.to('/errors')}>{all.length === 0 ? 'Errors' : `All ${all.length}`}</a>
        </span>
      </div>
      <Shown
        answer={errors}
        retry={retry}
        isEmpty={(value) => !value.errors.some((group) => isFresh(group, from))}
        empty={time.last.value === undefined ? 'None in this range.' : `None in the ${span.toLowerCase()}.`}
      >
        {(value) => (
          <table class="tbl" aria-labelledby="h-errors">
            <thead>
              <tr>
                <th scope="col">Error</th>
                <th scope="col" class="ph">
                  In
                </th>
                <th scope="col" class="ph">
                  {span}
                </th>
                <th scope="col" class="num">
                  Events
                </th>
                <th scope="col" class="num lo">
                  Users
                </th>
                <th scope="col" class="num">
                  Last
                </th>
              </tr>
            </thead>
            <tbody>
              {ordered(
                value.errors.filter((group) => isFresh(group, from)),
                'worst',
                from,
              )
                .slice(0, MOST)
                .map((group) => {
                  const { fingerprint, type, message, services, trend, count, users } = group
                  const last = msOf(group.lastSeen)
                  return (
                    <tr key={fingerprint}>
                      <th scope="row" title={message}>
                        <a
                          class="plain strong"
                          href={address.to(`/errors/${encodeURIComponent(fingerprint)}`)}
                        >
                          <bdi>{type || 'Error'}</bdi>
                        </a>{' '}
                        <GroupTag group={group} />
                      </th>
                      <td class="ph clip" title={services.join(', ')}>
                        <bdi>{services.join(', ')}</bdi>
                      </td>
                      <td class="spk ph">
                        <Spark
                          label={`${type}, ${span.toLowerCase()}`}
                          values={trend}
                          as="bars"
                          isBad
                          marks={marks.value.filter(({ text }) =>
                            services.some((name) => text.startsWith(`${name} `)),
                          )}
                        />
                      </td>
                      <td class="num">{grouped(count)}</td>
                      <td class="num lo">{users > 0 && grouped(users)}</td>
                      <td class="num muted" title={new Date(last).toLocaleString()}>
                        {ago(last, Math.max(last, time.now.value))}
                      </td>
                    </tr>
                  )
                })}
            </tbody>
          </table>
        )}
      </Shown>
    </section>
  )
}
