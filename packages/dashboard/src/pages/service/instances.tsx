import { useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { lastOf } from '../../charts/lines.ts'
import { age } from '../../format/times.ts'
import { type MarkState, StateMark } from '../../parts/mark.tsx'
import { Shown } from '../../parts/shown.tsx'
import { requestQueries } from '../../promql/requests.ts'
import { together, useValues, type Values, windowOf } from '../../promql/together.ts'
import { useApp } from '../../state/app.ts'
import { Wide } from '../../tables/wide.tsx'
import { type Instance, type Parts, stateOfErrors } from './service.ts'

const BY = ['instance']

/** The processes of a service side by side, the worst first. */
export function InstanceTable({
  name,
  source,
  service,
  resources,
}: Parts & { resources: ReturnType<typeof useLines> }) {
  const { time } = useApp()
  const { answer } = useLines(() => {
    const metrics = source.value
    if (!metrics) return undefined
    const queries = requestQueries(metrics, name, windowOf(time.grid.value.step))
    return together({
      rate: queries.rate(BY),
      errors: queries.errorRatio(BY),
      p95: queries.quantile(0.95, BY),
    })
  })
  const requests = useValues(answer, ({ instance = '' }) => instance)
  const used = useValues(resources.answer, ({ instance = '' }) => instance)
  const errorsOf = (instance: string) => lastOf(requests.value.of('errors', instance) ?? []) ?? 0

  return (
    <section class="c7" id="instances" aria-labelledby="h-inst">
      <div class="head">
        <h2 id="h-inst">Instances</h2>
      </div>
      <Shown
        {...service}
        isEmpty={({ instances }) => instances.length === 0}
        empty="No instance reports now."
      >
        {({ instances }) => (
          <Wide>
            <table class="tbl">
              <thead>
                <tr>
                  <th scope="col">Instance</th>
                  <th scope="col">Version</th>
                  {['Up for', 'Requests', 'Errors', 'p95', 'CPU', 'Memory'].map((head) => (
                    <th key={head} scope="col" class="num">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {instances
                  .toSorted((a, b) => errorsOf(b.instance) - errorsOf(a.instance))
                  .map((each) => (
                    <Row key={each.instance} of={each} requests={requests.value} used={used.value} />
                  ))}
              </tbody>
            </table>
          </Wide>
        )}
      </Shown>
    </section>
  )
}

function Row({ of: each, requests, used }: { of: Instance; requests: Values; used: Values }) {
  const { instance, version, live, down } = each
  const errors = lastOf(requests.of('errors', instance) ?? [])
  const figure = (from: Values, name: string) => {
    const values = from.of(name, instance)
    return { of: values && lastOf(values), values, grid: from.grid }
  }
  const state: MarkState = down ? 'bad' : live ? (stateOfErrors(errors) ?? 'ok') : 'off'
  return (
    <tr>
      <th scope="row">
        <span class="name">
          <StateMark state={state} label={down ? 'down' : live ? 'live' : 'silent'} />
          <bdi class="clip" title={instance}>
            {instance}
          </bdi>
        </span>
      </th>
      <td>
        <bdi>{version}</bdi>
      </td>
      <td class="num">
        <UpFor instance={instance} used={used} />
      </td>
      <td class="num">
        <Figure unit="/s" {...figure(requests, 'rate')} />
      </td>
      <td class="num">
        <Figure unit="ratio" state={stateOfErrors(errors)} {...figure(requests, 'errors')} />
      </td>
      <td class="num">
        <Figure unit="s" {...figure(requests, 'p95')} />
      </td>
      <td class="num">
        <Figure unit="ratio" {...figure(used, 'cpu')} />
      </td>
      <td class="num">
        <Figure unit="B" {...figure(used, 'rss')} />
      </td>
    </tr>
  )
}

/** How long a process runs: from its start, or else from its first values, if they began within the time of the page. */
function UpFor({ instance, used: { of, grid } }: { instance: string; used: Values }) {
  const { time } = useApp()
  const started = lastOf(of('started', instance) ?? [])
  if (grid === undefined) return null
  if (started !== null) return <>{age(time.span.value.to - started * 1_000)}</>
  const first = (of('rss', instance) ?? []).findIndex((value) => value !== null)
  return first > 0 ? <>{age(time.span.value.to - (grid.start + first * grid.step))}</> : null
}
