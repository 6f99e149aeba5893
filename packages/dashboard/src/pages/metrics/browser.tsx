import { useSignal } from '@preact/signals'

import { useAnswer } from '../../api/answer.ts'
import { grouped } from '../../format/numbers.ts'
import { Shown } from '../../parts/shown.tsx'
import { useApp } from '../../state/app.ts'
import { type Catalog, expressionOf, type Metric, metricsOf } from './catalog.ts'

const MOST = 200

/** All metrics, by job and a part of their name, with help and unit. A click shows one. */
export function Browser({ catalog, onChoose }: { catalog: Catalog; onChoose: (metric: Metric) => void }) {
  const { address } = useApp()
  const find = useSignal('')
  const job = address.params.value.get('job')
  const jobs = useAnswer<{ data: readonly string[] }>(() => ['/api/v1/label/job/values'])
  const names = useAnswer<{ data: readonly string[] }>(() => {
    const of = address.params.value.get('job')
    return [
      '/api/v1/label/__name__/values',
      { 'match[]': of === null ? undefined : `{job=${JSON.stringify(of)}}` },
    ]
  })
  return (
    <section class="list" aria-label="Metrics">
      <div class="listhead">
        <label class="field">
          <span class="sr">Find a metric</span>
          <input
            type="search"
            placeholder="Find a metric"
            value={find.value}
            onInput={({ currentTarget: { value } }) => (find.value = value)}
          />
        </label>
        <select
          class="btn"
          aria-label="Service"
          value={job ?? ''}
          onChange={({ currentTarget: { value } }) => address.adjust({ job: value === '' ? null : value })}
        >
          <option value="">all services</option>
          {(jobs.answer.value.value?.data ?? []).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <Shown
        answer={names.answer}
        retry={names.retry}
        isEmpty={({ data }) => data.length === 0}
        empty="No metric has arrived yet."
      >
        {({ data }) => {
          const part = find.value.toLowerCase()
          const found = metricsOf(data, catalog).filter(
            ({ name, help }) => name.toLowerCase().includes(part) || help.toLowerCase().includes(part),
          )
          return (
            <>
              <p class="listcap">
                {grouped(found.length)} metrics{found.length > MOST && `, the first ${MOST}`}
              </p>
              <ul class="groups metrics">
                {found.slice(0, MOST).map((metric) => {
                  const { name, type, unit, help } = metric
                  return (
                    <li key={name}>
                      <a
                        href={address.to('/explore', { job, q: expressionOf(metric) })}
                        onClick={(event) => {
                          event.preventDefault()
                          onChoose(metric)
                        }}
                      >
                        <span class="clip" title={name}>
                          <code>{name}</code>
                        </span>
                        <span class="muted small num">
                          {[type, unit.replaceAll(/[{}]/g, '')].filter(Boolean).join(', ')}
                        </span>
                        {help !== '' && (
                          <span class="muted small clip c12" title={help}>
                            {help}
                          </span>
                        )}
                      </a>
                    </li>
                  )
                })}
              </ul>
            </>
          )
        }}
      </Shown>
    </section>
  )
}
