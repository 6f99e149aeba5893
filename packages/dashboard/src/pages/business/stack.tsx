import { type ReadonlySignal, useComputed } from '@preact/signals'

import { mapAnswer, useLoaded } from '../../api/answer.ts'
import { useLines } from '../../api/series.ts'
import { LineChart } from '../../charts/line-chart.tsx'
import type { Mark } from '../../charts/types.ts'
import { titleOf, unitOf } from '../../format/metrics.ts'
import { textOf } from '../../format/numbers.ts'
import { clock } from '../../format/times.ts'
import { requestQueries, sourceOf } from '../../promql/requests.ts'
import { quoted, windowOf } from '../../promql/together.ts'
import { useApp } from '../../state/app.ts'
import { type Comparison, linesOf, lossOf } from './compare.ts'
import type { Instrument } from './instruments.ts'
import { chartQuery } from './queries.ts'

/** A route: service, method and pattern. */
export type RouteKey = readonly [service: string, method: string, route: string]

interface Routes {
  readonly routes: ReadonlyArray<{
    readonly method: string
    readonly route: string
    readonly rate: number
    readonly p50: number | null
  }>
}

/** The share of failed requests from which on a service is failing. */
const FAILING = { value: 0.05, text: 'failing above 5 %' }

/**
 * A route of the application above what it brings in, on one clock: what the latency and the failures of the route do to the ratio, such as
 * the conversion.
 */
export function Stack({
  jobs,
  chosen,
  onChoose,
  ratio,
  money,
  prefix,
  comparison,
  marks,
}: {
  /** Services with business instruments. */
  jobs: readonly string[]
  chosen: RouteKey | undefined
  onChoose: (route: RouteKey) => void
  ratio: Instrument | undefined
  /** The counter whose loss is told of. */
  money: Instrument | undefined
  prefix: string
  comparison: Comparison
  marks: ReadonlySignal<readonly Mark[]>
}) {
  const { answer } = useLoaded(async (api, aborted) => {
    const services = await Promise.all(
      jobs.map(async (job) => {
        const path = `/api/services/${encodeURIComponent(job)}`
        const { routes } = await api.get<Routes>(path, {}, aborted).catch((): Routes => ({ routes: [] }))
        return routes
          .filter(({ method }) => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS')
          .map(({ method, route, rate, p50 }) => ({
            key: [job, method, route] as const,
            weight: rate * (p50 ?? 0),
          }))
      }),
    )
    return services.flat().toSorted((a, b) => b.weight - a.weight)
  })
  const routes = answer.value.value ?? []
  const route = chosen ?? routes[0]?.key
  if (route === undefined && ratio === undefined) return null
  const keys = [...(chosen === undefined ? [] : [chosen]), ...routes.map(({ key }) => key)]
  const named = new Map(keys.map((key) => [key.join(' '), key]))
  return (
    <section aria-labelledby="h-clock">
      <div class="head">
        <h2 id="h-clock">
          {route === undefined ? '' : 'Latency and failures of a route'}
          {route !== undefined && ratio !== undefined && ', and '}
          {ratio && titleOf(ratio.name, prefix).toLowerCase()}
        </h2>
        {route !== undefined && (
          <select
            class="btn tiny"
            aria-label="Route"
            value={route.join(' ')}
            onChange={({ currentTarget: { value } }) => {
              const next = named.get(value)
              if (next !== undefined) onChoose(next)
            }}
          >
            {[...named].map(([text]) => (
              <option key={text} value={text}>
                {text}
              </option>
            ))}
          </select>
        )}
        {money !== undefined && (
          <Loss key={comparison.ms} money={money} prefix={prefix} comparison={comparison} />
        )}
      </div>
      <div class="stackcharts">
        {route !== undefined && <RouteCharts key={route.join(' ')} route={route} marks={marks} />}
        {ratio !== undefined && (
          <RatioChart key={ratio.name} ratio={ratio} title={titleOf(ratio.name, prefix)} marks={marks} />
        )}
      </div>
    </section>
  )
}

function RouteCharts({
  route: [service, method, route],
  marks,
}: {
  route: RouteKey
  marks: ReadonlySignal<readonly Mark[]>
}) {
  const { time } = useApp()
  const found = useLoaded((api, aborted) => sourceOf(api, service, time.span.peek(), aborted))
  const queries = useComputed(() => {
    const source = found.answer.value.value
    if (source === undefined || source === null) return undefined
    const served = [
      source.served,
      `${source.route}=${quoted(route)}`,
      source.method === undefined ? '' : `${source.method}=${quoted(method)}`,
    ]
    return requestQueries(
      { ...source, served: served.filter(Boolean).join(', ') },
      service,
      windowOf(time.grid.value.step),
    )
  })
  const p95 = useLines(() => queries.value?.quantile(0.95))
  const failed = useLines(() => queries.value?.errorRatio())
  return (
    <>
      <LineChart layout="row" title="p95" unit="s" height="h5" {...p95} marks={marks} hasMarkText />
      <LineChart
        layout="row"
        title="Failed"
        unit="ratio"
        height="h5"
        {...failed}
        marks={marks}
        threshold={FAILING}
      />
    </>
  )
}

function RatioChart({
  ratio,
  title,
  marks,
}: {
  ratio: Instrument
  title: string
  marks: ReadonlySignal<readonly Mark[]>
}) {
  const { time } = useApp()
  const lines = useLines(() => chartQuery(ratio, { step: time.grid.value.step, before: 0 }))
  return <LineChart layout="row" title={title} unit="ratio" height="withx" {...lines} marks={marks} />
}

/** How much money is missing against the time before. */
function Loss({ money, prefix, comparison }: { money: Instrument; prefix: string; comparison: Comparison }) {
  const { time } = useApp()
  const { answer } = useLines(() => chartQuery(money, { step: time.grid.value.step, before: comparison.ms }))
  const loss = mapAnswer(answer, (lines) => lossOf(linesOf(money, '', lines), lines.grid)).value.value
  if (loss === undefined) return null
  return (
    <span class="aside">
      <b class="bad" title={`Estimated from ${titleOf(money.name, prefix).toLowerCase()} ${comparison.text}`}>
        ≈ {textOf(loss.amount, unitOf(money.name, money.unit))}
      </b>{' '}
      less {titleOf(money.name, prefix).toLowerCase()} than {comparison.text} since {clock(loss.since)}
    </span>
  )
}
