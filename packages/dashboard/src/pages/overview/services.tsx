import { type ReadonlySignal, useComputed } from '@preact/signals'

import type { Answer } from '../../api/answer.ts'
import { type Reading, useReadings } from '../../api/series.ts'
import type { Dependency, Service } from '../../api/shapes.ts'
import type { Mark } from '../../charts/types.ts'
import { spanText } from '../../format/ranges.ts'
import { markOf, StateMark } from '../../parts/mark.tsx'
import { Value } from '../../parts/value.tsx'
import { useMonitor } from '../../shell/monitor.ts'
import { servicePath } from '../../shell/places.ts'
import { useApp } from '../../state/app.ts'
import { type Column, Table } from '../../tables/table.tsx'
import { CalledRow } from './called-row.tsx'
import { calledOf, POOL_QUERY, poolsOf } from './calls.ts'
import { Cell, type FigureLines, useFigures } from './cell.tsx'
import { callQuery } from './figures.ts'

const SEVERITY = ['healthy', 'degraded', 'silent', 'failing']
/** Things called that are shown below the services. The map has all of them. */
const CALLED = 12
/** Services up to which each sparkline asks for its usual range. */
const WITH_BAND = 8
/** Rows with sparklines that are drawn at once. */
const MOST = 80

const COLUMNS: ReadonlyArray<Column<Service>> = [
  { key: 'service', head: 'Service', sort: ({ state }) => SEVERITY.indexOf(state) },
  { key: 'requests', head: 'Requests', span: 2, sort: ({ requests }) => requests?.rate },
  { key: 'errors', head: 'Errors', span: 2, sort: ({ requests }) => requests?.errorRatio },
  { key: 'p95', head: 'p95', span: 2, sort: ({ requests }) => requests?.p95 },
  { key: 'loop', head: 'Loop delay p99', class: 'num lo', sort: ({ eventLoopDelay }) => eventLoopDelay },
  { key: 'instances', head: 'Instances', class: 'num lo', sort: ({ instances }) => instances.live },
  { key: 'version', head: 'Version', class: 'lo' },
]

/** Services by severity, and below them what they call. */
export function Services({
  lines,
  versions,
  calls,
  marks,
}: {
  lines: FigureLines
  /** Instances by `job` and `version`. */
  versions: ReadonlySignal<Answer<readonly Reading[]>>
  calls: ReadonlySignal<Answer<readonly Dependency[]>>
  marks: ReadonlySignal<readonly Mark[]>
}) {
  const { address, time } = useApp()
  const { services, all, isShown } = useMonitor()
  const callLines = useFigures('server', callQuery)
  const pools = useReadings(() => POOL_QUERY)
  const { value = [] } = services.value
  const called = useComputed(() =>
    calledOf(
      (calls.value.value ?? []).filter(({ client }) => isShown(client)),
      new Set(all.value?.map(({ name }) => name)),
    ),
  ).value

  return (
    <section class="sec" aria-labelledby="h-services">
      <div class="head">
        <h2 id="h-services">Services</h2>
        <span class="aside">
          Lines: {spanText(time.span.value, time.last.value).toLowerCase()}. Figures: last 5 minutes
        </span>
      </div>
      <Table
        label="services"
        class="services"
        rows={value}
        columns={COLUMNS}
        sort="-service"
        keyOf={({ name }) => name}
        hrefOf={({ name }) => address.to(servicePath(name))}
        textOf={({ name }) => name}
        rowHeight={42}
        most={MOST}
        after={
          called.length > 0 && (
            <>
              <tr class="groups-row">
                <th class="group" colSpan={10} scope="colgroup">
                  Dependencies
                  {called.length > CALLED && (
                    <>
                      {' '}
                      <a href={address.to('/map')}>all {called.length}</a>
                    </>
                  )}
                </th>
              </tr>
              {called.slice(0, CALLED).map((each) => (
                <CalledRow
                  key={each.server}
                  called={each}
                  services={value.length}
                  pools={poolsOf(pools.answer.value.value ?? [])}
                  lines={callLines}
                />
              ))}
            </>
          )
        }
      >
        {(service) => (
          <Cells
            service={service}
            hasBand={value.length <= WITH_BAND}
            lines={lines}
            deployments={marks}
            running={versions}
          />
        )}
      </Table>
    </section>
  )
}

function Cells({
  service: { name, state, requests, eventLoopDelay, instances, versions: names },
  hasBand,
  lines,
  deployments,
  running,
}: {
  service: Service
  hasBand: boolean
  lines: FigureLines
  deployments: ReadonlySignal<readonly Mark[]>
  running: ReadonlySignal<Answer<readonly Reading[]>>
}) {
  // Signals, not values: a row is rendered again only when something of it changes.
  const marks = useComputed(() => deployments.value.filter(({ text }) => text.startsWith(`${name} `))).value
  const versions =
    useComputed(() => running.value.value?.filter(({ labels }) => labels['job'] === name)).value ?? []
  const { address } = useApp()
  const word = state === 'failing' ? 'bad' : state === 'degraded' ? 'warn' : ''
  const total = instances.live + instances.down
  return (
    <>
      <th scope="row">
        <span class="name">
          <StateMark state={markOf(state)} />
          <a
            class={state === 'healthy' ? 'plain clip' : 'plain strong clip'}
            href={address.to(servicePath(name))}
            title={name}
          >
            <bdi>{name}</bdi>
          </a>{' '}
          <span class={`is ${word}`}>{state}</span>
        </span>
      </th>
      <Cell
        of={name}
        figure="rate"
        by="job"
        now={requests?.rate}
        lines={lines}
        marks={marks}
        hasBand={hasBand}
      />
      <Cell
        of={name}
        figure="errors"
        by="job"
        now={requests?.errorRatio}
        lines={lines}
        marks={marks}
        state={word}
        hasBand={hasBand}
      />
      <Cell
        of={name}
        figure="p95"
        by="job"
        now={requests?.p95}
        lines={lines}
        marks={marks}
        state={word}
        hasBand={hasBand}
      />
      <td class="num lo">
        <Value of={eventLoopDelay} unit="s" />
      </td>
      <td class="num lo">
        {total > 0 && (
          <>
            {instances.live}
            <span class="u">of {total}</span>
          </>
        )}
      </td>
      <td class="lo">
        {names.slice(0, 2).map((version, index) => (
          <>
            {index > 0 && <br />}
            <bdi>{version}</bdi>
            {names.length > 1 && (
              <span class="muted">
                {' on '}
                {versions.find(({ labels }) => labels['version'] === version)?.value ?? 0}
              </span>
            )}
          </>
        ))}
        {names.length > 2 && <span class="muted"> and {names.length - 2} more</span>}
      </td>
    </>
  )
}
