import { useComputed } from '@preact/signals'

import { type Labels, useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { Share } from '../../parts/share.tsx'
import { Shown } from '../../parts/shown.tsx'
import { keyOf, requestQueries, routeKey, routeLabels } from '../../promql/requests.ts'
import { together, useValues, windowOf } from '../../promql/together.ts'
import { fieldTerm } from '../../search/field-term.ts'
import { useApp } from '../../state/app.ts'
import { type Column, Table } from '../../tables/table.tsx'
import { Recent, useRecent } from './recent.tsx'
import { type Parts, type Route, stateOfErrors } from './service.ts'

/** Seconds within which a request satisfies, as the kit's statistics have it by default. */
const APDEX = 0.5

const COLUMNS: ReadonlyArray<Column<Route>> = [
  { key: 'route', head: 'Route', sort: ({ method, route }) => `${route} ${method}`, isAscending: true },
  { key: 'rate', head: 'Requests', class: 'num', sort: ({ rate }) => rate },
  { key: 'errors', head: 'Errors', class: 'num', sort: ({ errorRatio }) => errorRatio },
  { key: 'p50', head: 'p50', class: 'num lo', sort: ({ p50 }) => p50 },
  { key: 'p95', head: 'p95', class: 'num', sort: ({ p95 }) => p95 },
  { key: 'p99', head: 'p99', class: 'num lo', sort: ({ p99 }) => p99 },
  { key: 'apdex', head: 'Apdex', class: 'num ph' },
  { key: 'share', head: 'Share of time', class: 'num', sort: ({ share }) => share },
]

/** The routes of a service, by the share of the time that they take. */
export function Routes({ name, service, source }: Parts) {
  const { sightline, time, address } = useApp()
  const isPointed = useComputed(() => sightline.at.value !== null)
  const queries = useComputed(() => {
    const metrics = source.value
    return metrics ? { metrics, ...requestQueries(metrics, name, windowOf(time.grid.value.step)) } : undefined
  })
  const nameOf = (labels: Labels) => (source.value ? routeKey(labels, source.value) : '')
  const apdex = useRecent((window) => {
    const metrics = source.value
    return metrics ? requestQueries(metrics, name, window).apdex(APDEX, routeLabels(metrics)) : undefined
  }, nameOf)
  // At rest the figures are those of the API. Series are only needed at the sightline.
  const { answer } = useLines(() => {
    const found = queries.value
    if (found === undefined || !isPointed.value) return undefined
    const by = routeLabels(found.metrics)
    return together({
      apdex: found.apdex(APDEX, by),
      rate: found.rate(by),
      errors: found.errorRatio(by),
      p50: found.quantile(0.5, by),
      p95: found.quantile(0.95, by),
      p99: found.quantile(0.99, by),
      share: found.share(by),
    })
  })
  const values = useValues(answer, nameOf)
  const { grid, of } = values.value
  const estimate = service.answer.value.value?.requests?.estimated === true

  return (
    <section class="c8" id="routes" aria-labelledby="h-routes">
      <div class="head">
        <h2 id="h-routes">Routes</h2>
        <span class="aside">
          <Recent />, by share of time
        </span>
      </div>
      <Shown
        {...service}
        isEmpty={({ routes }) => routes.length === 0}
        empty="No requests in this range. Choose a longer one, or another time."
      >
        {({ routes }) => (
          <Table
            label="routes"
            rows={routes}
            columns={COLUMNS}
            sort="-share"
            sortParam="routes"
            keyOf={({ method, route }) => keyOf(method, route)}
            textOf={({ method, route }) => `${method} ${route}`}
            hrefOf={({ route }) =>
              address.to('/traces', { q: `${fieldTerm('service', name)} ${fieldTerm('route', route)}` })
            }
          >
            {({ method, route, ...figures }) => {
              const then = (figure: string) => ({ values: of(figure, keyOf(method, route)), grid, estimate })
              const satisfied = apdex.value.get(keyOf(method, route))
              return (
                <>
                  <th scope="row" class={route === 'unmatched' ? 'code muted' : 'code'}>
                    <a
                      class="plain"
                      title={route}
                      href={address.to('/traces', {
                        q: `${fieldTerm('service', name)} ${fieldTerm('route', route)}`,
                      })}
                    >
                      {method !== '' && <span class="method">{method}</span>}
                      <bdi>{route}</bdi>
                    </a>
                  </th>
                  <td class="num">
                    <Figure of={figures.rate} unit="/s" {...then('rate')} />
                  </td>
                  <td class="num">
                    <Figure
                      of={figures.errorRatio}
                      unit="ratio"
                      state={stateOfErrors(figures.errorRatio)}
                      {...then('errors')}
                    />
                  </td>
                  <td class="num lo">
                    <Figure of={figures.p50} unit="s" {...then('p50')} />
                  </td>
                  <td class="num">
                    <Figure of={figures.p95} unit="s" {...then('p95')} />
                  </td>
                  <td class="num lo">
                    <Figure of={figures.p99} unit="s" {...then('p99')} />
                  </td>
                  <td class="num ph">
                    <Figure of={satisfied} unit="apdex" state={stateOfApdex(satisfied)} {...then('apdex')} />
                  </td>
                  <td class="num nowrap">
                    <Share of={figures.share} {...then('share')} />
                  </td>
                </>
              )
            }}
          </Table>
        )}
      </Shown>
    </section>
  )
}

/** Apdex below 0.7 is called poor, below 0.85 fair. */
function stateOfApdex(apdex: number | null | undefined): 'bad' | 'warn' | undefined {
  if (apdex === null || apdex === undefined) return undefined
  return apdex < 0.7 ? 'bad' : apdex < 0.85 ? 'warn' : undefined
}
