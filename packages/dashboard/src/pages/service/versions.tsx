import { useLoaded } from '../../api/answer.ts'
import { queryAt } from '../../api/series.ts'
import { pointsOf, type Unit, textOf, three } from '../../format/numbers.ts'
import { clock } from '../../format/times.ts'
import { Shown } from '../../parts/shown.tsx'
import { quoted, together } from '../../promql/together.ts'
import { useApp } from '../../state/app.ts'
import { Wide } from '../../tables/wide.tsx'

interface Compared {
  readonly errorRatio: number | null
  readonly p50: number | null
  readonly p95: number | null
}

/** The versions of a service, from `/api/services/<name>/versions`. */
interface Versions {
  readonly versions: ReadonlyArray<{ readonly version: string; readonly requests: number }>
  readonly comparison: {
    readonly version: string
    readonly than: string
    readonly worse: readonly string[]
    readonly before: Compared
    readonly after: Compared
  } | null
}

/** A row: what it measures, and both figures. */
interface Row {
  readonly title: string
  readonly unit: Unit
  readonly key: string
  readonly before: number | null | undefined
  readonly after: number | null | undefined
}

/** How many requests a version needs for a comparison. The hub's rule. */
const ENOUGH = 30

/** The versions of a service in the time of the page, and what a request costs in each. */
export function useVersions(name: string) {
  const { time } = useApp()
  return useLoaded(async (api, aborted) => {
    const { grid } = time
    void grid.value
    const { from, to } = time.span.peek()
    const answer = await api.get<Versions>(
      `/api/services/${encodeURIComponent(name)}/versions`,
      { from: Math.round(from), to: Math.round(to) },
      aborted,
    )
    if (answer.comparison === null) return { ...answer, costs: [] }
    const costs = await queryAt(api, costQuery(name, to - from), to, aborted)
    return { ...answer, costs }
  })
}

/** Compares the two versions of a service that ran in the range, over the same routes. */
export function VersionComparison({ versions: found }: { versions: ReturnType<typeof useVersions> }) {
  const { time } = useApp()
  return (
    <section class="c4" aria-labelledby="h-compare">
      <div class="head">
        <h2 id="h-compare" class="clip" title={titleOf(found.answer.value.value)}>
          {titleOf(found.answer.value.value)}
        </h2>
        <span class="aside nowrap">
          {clock(time.span.value.from)} – {clock(time.span.value.to)}
        </span>
      </div>
      <Shown {...found}>
        {({ versions, comparison, costs }) => {
          if (comparison === null) return <p class="muted">{reasonOf(versions)}</p>
          const { version, than, worse, before, after } = comparison
          const costOf = (figure: string, of: string) =>
            costs.find(({ labels }) => labels['figure'] === figure && labels['version'] === of)?.value
          const rows: Row[] = [
            {
              key: 'errors',
              title: 'Errors',
              unit: 'ratio',
              before: before.errorRatio,
              after: after.errorRatio,
            },
            { key: 'p50', title: 'p50', unit: 's', before: before.p50, after: after.p50 },
            { key: 'p95', title: 'p95', unit: 's', before: before.p95, after: after.p95 },
            ...(
              [
                ['calls', 'Calls per request', 'number'],
                ['cpu', 'CPU per request', 's'],
              ] as const
            ).map(([key, title, unit]) => ({
              key,
              title,
              unit,
              before: costOf(key, than),
              after: costOf(key, version),
            })),
          ]
          return (
            <Wide>
              <table class="tbl compare">
                <thead>
                  <tr>
                    <th scope="col">Same routes</th>
                    <th scope="col" class="num">
                      {than}
                    </th>
                    <th scope="col" class="num">
                      {version}
                    </th>
                    <th scope="col" class="num">
                      Change
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows
                    .filter((row) => row.before !== undefined || row.after !== undefined)
                    .map((row) => (
                      <tr key={row.key}>
                        <th scope="row">{row.title}</th>
                        <td class="num">{valueOf(row.before, row.unit)}</td>
                        <td class={worse.includes(row.key) ? 'num bad strong' : 'num'}>
                          {valueOf(row.after, row.unit)}
                        </td>
                        <td class="num">{changeOf(row)}</td>
                      </tr>
                    ))}
                </tbody>
              </table>
            </Wide>
          )
        }}
      </Shown>
    </section>
  )
}

/** Outbound calls and processor time per request of each version, from spans and processes. */
function costQuery(name: string, range: number): string {
  const window = `${Math.round(range / 1_000)}s`
  const job = `job=${quoted(name)}`
  const versions = `on (job, instance) group_left (version) label_replace(max by (job, instance, service_version) (last_over_time(target_info{${job}}[${window}])), "version", "$1", "service_version", "(.*)")`
  const spans = (kind: string) =>
    `sum by (version) (increase(traces_spanmetrics_calls_total{${job}, span_kind=~"${kind}"}[${window}]) * ${versions})`
  const served = spans('SPAN_KIND_SERVER|SPAN_KIND_CONSUMER')
  const cpu = `(increase(process_cpu_seconds_total{${job}}[${window}]) or sum by (job, instance) (increase(process_cpu_time_seconds_total{${job}}[${window}])))`
  return together({
    calls: `${spans('SPAN_KIND_CLIENT|SPAN_KIND_PRODUCER')} / ${served}`,
    cpu: `sum by (version) (${cpu} * ${versions}) / ${served}`,
  })
}

function titleOf(found: Versions | undefined): string {
  const comparison = found?.comparison ?? null
  if (comparison === null) return 'Versions'
  const { version, than, worse } = comparison
  return worse.length > 0 ? `${version} is worse than ${than}` : `${version} beside ${than}`
}

function reasonOf(versions: Versions['versions']): string {
  const [first] = versions
  if (first === undefined) return 'No version is known in this range.'
  if (versions.length === 1) return `Only ${first.version} served requests in this range.`
  return `No two versions have served ${ENOUGH} requests of the same routes in this range.`
}

const valueOf = (value: number | null | undefined, unit: Unit) =>
  value === null || value === undefined ? '' : textOf(value, unit)

/** The change as points of ratios, as a multiple if it is one, else nothing. */
function changeOf({ before, after, unit }: Row): string {
  if (before === null || before === undefined || after === null || after === undefined) return ''
  if (unit === 'ratio') {
    const { figure, unit: points } = pointsOf(after - before)
    return `${figure} ${points}`
  }
  return before > 0 ? `${after / before >= 9.95 ? Math.round(after / before) : three(after / before)}×` : ''
}
