import { mapAnswer } from '../../api/answer.ts'
import { type Lines, useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { lastOf } from '../../charts/lines.ts'
import { NARROW, textOf } from '../../format/numbers.ts'
import { ago } from '../../format/times.ts'
import { Shown } from '../../parts/shown.tsx'
import { Table } from '../../parts/table.tsx'
import { FIGURE, together } from '../../promql/together.ts'
import { useApp } from '../../state/app.ts'
import type { SenderState } from './state.ts'

/** Seconds of difference between clocks above which charts and traces mislead. */
const SKEWED = 2

type Values = ReadonlyArray<number | null>

/** What a service sends. Values are on the grid of the page. */
interface Sender {
  readonly name: string
  readonly traces?: Values
  readonly logs?: Values
  readonly metrics?: Values
  readonly series?: Values
  /** Refused items, by why. */
  readonly refused: ReadonlyArray<readonly [reason: string, count: number]>
}

const SENT = 'sum by (job, signal) (rate(hub_stored_items_total[2m]))'
const SERIES = 'sum by (job) (hub_series)'
const REFUSED = ['hub_rejected_items_total', 'hub_refused_samples_total']
  .map((name) => `sum by (job, reason, signal) (increase(${name}[1h])) > 0`)
  .join(' or ')

/** What each service sends, what of it was refused and why, and how well its clock goes. */
export function Senders({ states }: { states: readonly SenderState[] }) {
  const { address } = useApp()
  const { answer, retry } = useLines(() => together({ sent: SENT, series: SERIES, refused: REFUSED }))
  const senders = mapAnswer(answer, sendersOf)
  const stateOf = (name: string) => states.find((state) => state.name === name)
  return (
    <section class="sec" aria-labelledby="h-senders">
      <div class="head">
        <h2 id="h-senders">Received</h2>
        <span class="aside">items per second; refused in the last hour</span>
      </div>
      <Shown
        answer={senders}
        retry={retry}
        isEmpty={(all) => all.length === 0}
        empty="Nothing has arrived in this range."
      >
        {(all) => (
          <Table
            label="Services that send to the hub"
            rows={all}
            keyOf={({ name }) => name}
            textOf={({ name }) => name}
            hrefOf={({ name }) => address.to(`/services/${encodeURIComponent(name)}`)}
            columns={[
              { key: 'name', head: 'Service', sort: ({ name }) => name, isAscending: true },
              { key: 'traces', head: 'Spans', class: 'num', sort: ({ traces }) => lastOf(traces ?? []) },
              { key: 'logs', head: 'Log records', class: 'num', sort: ({ logs }) => lastOf(logs ?? []) },
              { key: 'metrics', head: 'Points', class: 'num', sort: ({ metrics }) => lastOf(metrics ?? []) },
              { key: 'refused', head: 'Refused', class: 'num', sort: refusedOf },
              { key: 'series', head: 'Series', class: 'num ph', sort: ({ series }) => lastOf(series ?? []) },
              { key: 'skew', head: 'Clock', class: 'num ph', sort: ({ name }) => stateOf(name)?.clockSkew },
              {
                key: 'seen',
                head: 'Last seen',
                class: 'num ph',
                sort: ({ name }) => stateOf(name)?.lastSeen,
              },
            ]}
          >
            {(sender) => <Cells sender={sender} state={stateOf(sender.name)} />}
          </Table>
        )}
      </Shown>
    </section>
  )
}

function Cells({ sender, state }: { sender: Sender; state: SenderState | undefined }) {
  const { name, traces, logs, metrics, series, refused } = sender
  const skew = state?.clockSkew ?? undefined
  const isSkewed = skew !== undefined && Math.abs(skew) >= SKEWED
  return (
    <>
      <th scope="row" class="clip" title={name}>
        <bdi>{name}</bdi>
      </th>
      {[traces, logs, metrics].map((values, at) => (
        <td key={at} class="num">
          <Figure of={values && lastOf(values)} values={values} unit="/s" />
        </td>
      ))}
      <td class={refused.length > 0 ? 'num warn' : 'num'}>
        {refused.map(([reason, count]) => (
          <span key={reason} class="nowrap">
            {textOf(Math.ceil(count), 'int')} <span class="small">{reason}</span>{' '}
          </span>
        ))}
      </td>
      <td class="num ph">
        <Figure of={series && lastOf(series)} values={series} unit="int" />
      </td>
      <td class={isSkewed ? 'num ph warn' : 'num ph'}>
        {skew !== undefined &&
          (isSkewed
            ? `${textOf(Math.abs(skew), 's')} ${skew > 0 ? 'ahead' : 'behind'}`
            : `±${textOf(Math.abs(skew), 's')}`)}
      </td>
      <td class="num ph muted">
        {typeof state?.lastSeen === 'number' && ago(state.lastSeen).replaceAll(' ', NARROW)}
      </td>
    </>
  )
}

const refusedOf = ({ refused }: Sender) => refused.reduce((sum, [, count]) => sum + count, 0)

/** Joins the lines of services. What belongs to no service, such as the hub's own, is left out. */
function sendersOf({ lines }: Lines): readonly Sender[] {
  const byJob = Map.groupBy(lines, ({ labels }) => labels['job'] ?? '')
  byJob.delete('')
  return Array.from(byJob, ([name, all]): Sender => {
    const valuesOf = (what: string) =>
      all.find(({ labels }) => (labels[FIGURE] === 'sent' ? labels['signal'] : labels[FIGURE]) === what)
        ?.values
    const refused = all
      .filter(({ labels }) => labels[FIGURE] === 'refused')
      .map(({ labels, values }): readonly [string, number] => [
        (labels['reason'] ?? labels['signal'] ?? '').replaceAll('_', ' '),
        values.at(-1) ?? 0,
      ])
      .filter(([, count]) => count > 0)
    return {
      name,
      refused,
      ...Object.fromEntries(
        ['traces', 'logs', 'metrics', 'series'].flatMap((what) => {
          const values = valuesOf(what)
          return values === undefined ? [] : [[what, values] as const]
        }),
      ),
    }
  }).toSorted((a, b) => refusedOf(b) - refusedOf(a) || a.name.localeCompare(b.name, 'en'))
}
