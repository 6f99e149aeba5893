import { StateMark } from '../../parts/mark.tsx'
import { useApp } from '../../state/app.ts'
import { type Called, callersText, type Pools, poolText } from './calls.ts'
import { Cell, type FigureLines } from './cell.tsx'
import { DEGRADED, FAILING } from './figures.ts'

/** Something that services call and that is no service: a database, an address. */
export function CalledRow({
  called,
  services,
  pools,
  lines,
}: {
  called: Called
  /** How many services there are. */
  services: number
  pools: Pools
  lines: FigureLines
}) {
  const { address } = useApp()
  const { name, server, rate, errorRatio, p95 } = called
  const { text, isBad } = poolText(called, pools)
  const state = (errorRatio ?? 0) >= FAILING ? 'bad' : (errorRatio ?? 0) >= DEGRADED || isBad ? 'warn' : 'ok'
  return (
    <tr>
      <th scope="row">
        <span class="name">
          <StateMark state={state} label={{ bad: 'failing', warn: 'degraded', ok: '' }[state]} />
          <a class="plain clip" href={address.to('/map', { near: server })} title={server}>
            <bdi>{name}</bdi>
          </a>{' '}
          <span class="is clip">{callersText(called, services)}</span>
        </span>
      </th>
      <Cell of={server} figure="rate" by="server" now={rate} lines={lines} />
      <Cell of={server} figure="errors" by="server" now={errorRatio} lines={lines} state={state} />
      <Cell of={server} figure="p95" by="server" now={p95} lines={lines} state={state} />
      <td class={isBad ? 'lo warn' : 'lo muted'} colSpan={3}>
        {text}
      </td>
    </tr>
  )
}
