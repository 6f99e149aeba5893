import { textOf } from '../../format/numbers.ts'
import { ago, msOf } from '../../format/times.ts'
import { Value } from '../../parts/value.tsx'
import { useApp } from '../../state/app.ts'
import { Table } from '../../tables/table.tsx'
import type { Sender } from './state.ts'

/** Seconds of difference between clocks above which charts and traces mislead. */
const SKEWED = 2
/** A share of the limit of series from which on it is near. */
const NEAR = 0.8

const refusedOf = ({ refused }: Sender) => refused.reduce((sum, { samples }) => sum + samples, 0)

/** What each service sends, what of it was refused and why, and how well its clock goes. `limit`: most series of a service. */
export function Senders({ all, limit }: { all: readonly Sender[]; limit: number }) {
  const { address } = useApp()
  return (
    <section class="sec" aria-labelledby="h-senders">
      <div class="head">
        <h2 id="h-senders">Received</h2>
        <span class="aside">per second, over the last minute; refused since the hub was started</span>
      </div>
      {all.length === 0 && <p class="muted">Nothing has arrived since the hub was started.</p>}
      {all.length > 0 && (
        <Table
          label="Services that send to the hub"
          rows={all}
          keyOf={({ name }) => name}
          textOf={({ name }) => name}
          hrefOf={({ name }) => address.to(`/services/${encodeURIComponent(name)}`)}
          columns={[
            { key: 'name', head: 'Service', sort: ({ name }) => name, isAscending: true },
            { key: 'spans', head: 'Spans', class: 'num', sort: ({ spans }) => spans },
            { key: 'logs', head: 'Log records', class: 'num', sort: ({ logs }) => logs },
            { key: 'points', head: 'Points', class: 'num', sort: ({ points }) => points },
            { key: 'refused', head: 'Refused', class: 'num', sort: refusedOf },
            { key: 'series', head: 'Series', class: 'num ph', sort: ({ series }) => series },
            { key: 'clock', head: 'Clock', class: 'num ph', sort: ({ clockSkew }) => clockSkew },
            { key: 'seen', head: 'Last seen', class: 'num ph', sort: ({ lastSeen }) => lastSeen },
          ]}
        >
          {(sender) => <Cells sender={sender} limit={limit} />}
        </Table>
      )}
    </section>
  )
}

function Cells({
  sender: { name, spans, logs, points, series, clockSkew, lastSeen, refused },
  limit,
}: {
  sender: Sender
  limit: number
}) {
  const isSkewed = clockSkew !== null && Math.abs(clockSkew) >= SKEWED
  return (
    <>
      <th scope="row" class="clip" title={name}>
        <bdi>{name}</bdi>
      </th>
      {[spans, logs, points].map((rate, at) => (
        <td key={at} class="num">
          <Value of={rate} unit="/s" />
        </td>
      ))}
      <td class="num warn">
        {refused.map(({ reason, samples }) => (
          <span key={reason} class="nowrap">
            {textOf(samples, 'int')} <span class="small">{reason.replaceAll('_', ' ')}</span>
          </span>
        ))}
      </td>
      <td class={series >= limit * NEAR ? 'num ph warn' : 'num ph'} title={`${textOf(limit, 'int')} at most`}>
        <Value of={series} unit="int" />
      </td>
      <td class={isSkewed ? 'num ph warn' : 'num ph'}>
        {isSkewed
          ? `${textOf(Math.abs(clockSkew), 's')} ${clockSkew > 0 ? 'ahead' : 'behind'}`
          : clockSkew !== null && 'right'}
      </td>
      <td class="num ph muted">{lastSeen !== null && ago(msOf(lastSeen))}</td>
    </>
  )
}
