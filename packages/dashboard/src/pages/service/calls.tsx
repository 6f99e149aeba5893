import { useComputed } from '@preact/signals'

import { type Labels, useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { Spark } from '../../charts/spark.tsx'
import { Share } from '../../parts/share.tsx'
import { Shown } from '../../parts/shown.tsx'
import { requestQueries } from '../../promql/requests.ts'
import { quoted, together, useValues, windowOf } from '../../promql/together.ts'
import { useApp } from '../../state/app.ts'
import { Wide } from '../../tables/wide.tsx'
import { useRecent } from './recent.tsx'
import { type Call, type Parts, peerOf, type Service, stateOfErrors } from './service.ts'

const GRAPH = 'traces_service_graph_request'
const endsOf = (client = '', server = '') => JSON.stringify([client, server])

/** What calls a service, and what it calls. */
export function Calls({ name, service, source, marks }: Parts) {
  const { address, time } = useApp()
  const { answer } = useLines(() => callQuery(name, source.value, windowOf(time.grid.value.step)))
  const nameOf = ({ client, server }: Labels) => endsOf(client, server)
  const values = useValues(answer, nameOf)
  const shares = useRecent((window) => shareQuery(name, source.value, window), nameOf)
  const then = useComputed(() => {
    const { of, grid } = values.value
    const total = of('total', endsOf())
    return {
      grid,
      of: (figure: string, { client, server }: Call) => of(figure, endsOf(client, server)),
      perRequest: (call: Call) =>
        of('rate', endsOf(call.client, call.server))?.map((rate, n) => perOf(rate, total?.[n] ?? null)),
    }
  })

  return (
    <section class="c8" id="calls" aria-labelledby="h-calls">
      <div class="head">
        <h2 id="h-calls">Dependencies</h2>
        <span class="aside">
          <a href={address.to('/map')}>On the map</a>
        </span>
      </div>
      <Shown
        {...service}
        isEmpty={({ dependencies }) => dependencies.length === 0}
        empty="No calls from or to this service in this range. They are found in spans of clients and servers."
      >
        {(found) => (
          <Wide>
            <table class="tbl">
              <thead>
                <tr>
                  <th scope="col">Peer</th>
                  <th scope="col" class="ph">
                    p95
                  </th>
                  <th scope="col" class="num">
                    Calls
                  </th>
                  <th scope="col" class="num lo">
                    Per request
                  </th>
                  <th scope="col" class="num">
                    Failed
                  </th>
                  <th scope="col" class="num">
                    p95
                  </th>
                  <th scope="col" class="num ph">
                    Share of time
                  </th>
                </tr>
              </thead>
              <tbody>
                {ordered(found).map((call) => {
                  const { grid, of, perRequest } = then.value
                  const isIn = call.server === name
                  const { name: peer, kind } = peerOf(isIn ? call.client : call.server)
                  const failed = call.rate > 0 ? call.errors / call.rate : null
                  return (
                    <tr key={endsOf(call.client, call.server)}>
                      <th scope="row">
                        <span class="name">
                          <span class="dir">{isIn ? 'in' : 'out'}</span>
                          {kind === '' && peer !== name ? (
                            <a class="plain clip" href={address.to(`/services/${encodeURIComponent(peer)}`)}>
                              <bdi>{peer}</bdi>
                            </a>
                          ) : (
                            <bdi class="clip">{peer}</bdi>
                          )}
                          {kind !== '' && <span class="muted">{kind}</span>}
                        </span>
                      </th>
                      <td class="spk ph">
                        <Spark
                          label={`${call.client} to ${call.server}, p95`}
                          values={of('p95', call)}
                          grid={grid}
                          marks={marks.value}
                        />
                      </td>
                      <td class="num">
                        <Figure of={call.rate} values={of('rate', call)} grid={grid} unit="/s" />
                      </td>
                      <td class="num lo">
                        <Figure
                          of={perOf(call.rate, totalOf(found))}
                          values={perRequest(call)}
                          grid={grid}
                          unit="number"
                        />
                      </td>
                      <td class="num">
                        <Figure
                          of={failed}
                          values={of('failed', call)}
                          grid={grid}
                          unit="ratio"
                          state={stateOfErrors(failed)}
                        />
                      </td>
                      <td class="num">
                        <Figure of={call.p95} values={of('p95', call)} grid={grid} unit="s" />
                      </td>
                      <td class="num nowrap ph">
                        {!isIn && (
                          <Share
                            of={shares.value.get(endsOf(call.client, call.server))}
                            values={of('share', call)}
                            grid={grid}
                          />
                        )}
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </Wide>
        )}
      </Shown>
    </section>
  )
}

/** Callers first, then what is called. */
const ordered = ({ name, dependencies }: Service) =>
  dependencies.toSorted((a, b) => Number(b.server === name) - Number(a.server === name))

const totalOf = ({ routes }: Service) => routes.reduce((sum, { rate }) => sum + rate, 0)

const perOf = (calls: number | null, requests: number | null) =>
  calls === null || requests === null || requests === 0 ? null : calls / requests

/** Calls per second of some metric of a service, by both ends. */
const calls = (metric: string, side: 'client' | 'server', name: string, window: string, by = '') =>
  `sum by (client, server${by}) (rate(${GRAPH}_${metric}{${side}=${quoted(name)}}[${window}]))`

/** The share that calls of a service have of the time that its requests take. */
function shareQuery(name: string, source: Parts['source']['value'], window: string): string | undefined {
  if (!source) return undefined
  const { time } = requestQueries(source, name, window)
  return `${calls('server_seconds_sum', 'client', name, window)} / scalar(${time})`
}

/** The calls of a service by both ends, with the requests that it has served, and their share of the time of these requests. */
function callQuery(name: string, source: Parts['source']['value'], window: string): string {
  const both = (metric: string, by?: string) =>
    `(${calls(metric, 'client', name, window, by)} or ${calls(metric, 'server', name, window, by)})`
  return together({
    p95: `histogram_quantile(0.95, ${both('server_seconds_bucket', ', le')})`,
    rate: both('total'),
    failed: `${both('failed_total')} / ${both('total')}`,
    total: source ? requestQueries(source, name, window).rate() : undefined,
    share: shareQuery(name, source, window),
  })
}
