import { signal, useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import { mapAnswer, useLoaded } from '../../api/answer.ts'
import { type Deployment, markOf } from '../../api/deployments.ts'
import { LineChart } from '../../charts/line-chart.tsx'
import {
  type Began,
  deploymentOf,
  gapsOf,
  type Group,
  type GroupDetails,
  sharesOf,
} from '../../errors/groups.ts'
import { grouped, textOf } from '../../format/numbers.ts'
import { age, ago, clockSeconds, msOf } from '../../format/times.ts'
import { perText } from '../../logs/lanes.ts'
import { Failed } from '../../parts/shown.tsx'
import { useApp } from '../../state/app.ts'
import type { Grid } from '../../state/time.ts'
import { Actions } from './actions.tsx'
import { GroupTag } from './group-row.tsx'
import { SampleLogs, Related } from './samples.tsx'
import { StackView } from './stack-view.tsx'
import { Routes, Users, Versions } from './where.tsx'

/** Parts of the range in a group's trend. */
const PARTS = 48

interface Loaded {
  readonly group: GroupDetails
  readonly grid: Grid
}

/** One group of errors: what it is, since when, where, and what one of its requests did. */
export function Issue({
  fingerprint,
  groups,
  deployed,
  onChange,
}: {
  fingerprint: string
  /** All groups of the range. */
  groups: readonly Group[]
  deployed: readonly Deployment[]
  /** Called when the state of the group was changed. */
  onChange: () => void
}) {
  const { time } = useApp()
  const index = useSignal(0)
  const { answer, retry } = useLoaded<Loaded>((api, aborted) => {
    void time.beat.value
    const { from, to } = time.span.value
    // The parts begin at multiples of their width, so that bars do not change while time goes on.
    const step = Math.ceil((to - from) / PARTS / 1_000) * 1_000
    const end = Math.ceil(to / step) * step
    const start = end - PARTS * step
    return api
      .get<GroupDetails>(`/api/errors/${encodeURIComponent(fingerprint)}`, { from: start, to: end }, aborted)
      .then((group) => ({ group, grid: { start: start + step, step, count: PARTS } }))
  })
  const trend = useMemo(
    () =>
      mapAnswer(answer, ({ group, grid }) => ({ grid, lines: [{ labels: {}, values: group.trend ?? [] }] })),
    [answer],
  )
  const { value, error } = answer.value
  const services = value?.group.services.join('\n')
  const marks = useMemo(
    () => signal(deployed.filter(({ service }) => services?.split('\n').includes(service)).map(markOf)),
    [deployed, services],
  )
  if (value === undefined)
    return <article class="issue">{error !== undefined && <Failed error={error} retry={retry} />}</article>
  const { group, grid } = value
  // An error is often reported by several spans of its request.
  const samples = group.samples.filter(
    ({ traceId }, at, all) => traceId === '' || all.findIndex((each) => each.traceId === traceId) === at,
  )
  const sample = samples[Math.min(index.value, samples.length - 1)]
  return (
    <article class="issue" id="issue" aria-labelledby="h-group">
      <header>
        <div>
          <h2 id="h-group" class="inkc">
            <bdi>{group.type || 'Error'}</bdi>{' '}
            <GroupTag
              group={{
                newIn: groups.find((each) => each.fingerprint === fingerprint)?.newIn ?? null,
                ...group,
              }}
            />
          </h2>
          <p class="mono soft inkc">
            <bdi>
              {gapsOf(sample?.message ?? group.message).map((part, at) =>
                at % 2 === 1 ? (
                  <i key={at} class="gap">
                    {part}
                  </i>
                ) : (
                  part
                ),
              )}
            </bdi>
          </p>
        </div>
        <Actions
          group={group}
          onChange={() => {
            retry()
            onChange()
          }}
        />
      </header>
      <Strip group={group} began={deploymentOf(group, deployed)} />
      <LineChart
        title="Events"
        of={perText(grid.step)}
        unit="int"
        height="h5"
        bars
        marks={marks}
        hasMarkText
        answer={trend}
        lines={({ lines }) => lines.map(({ values }) => ({ label: 'events', style: 'bad', values }))}
        retry={retry}
      />
      <div class="grid">
        <section class="c7" aria-labelledby="h-stack">
          <StackView stack={group.stack} />
        </section>
        <section class="c5" aria-label="Where it happens">
          <Routes group={group} />
          <Versions group={group} />
          <Users group={group} />
          {sample !== undefined && <Related sample={sample} type={group.type} groups={groups} />}
        </section>
      </div>
      {sample !== undefined && <SampleLogs samples={samples} index={index} />}
    </article>
  )
}

function Strip({ group, began }: { group: GroupDetails; began: Began | undefined }) {
  const { time } = useApp()
  const { count, users, firstSeen, lastSeen, versions, samples } = group
  const instance = sharesOf(samples.map((sample) => sample.instance))[0]
  const version = versions.toSorted((a, b) => b.count - a.count)[0]
  const first = msOf(firstSeen)
  return (
    <dl class="strip">
      <div>
        <dt>Events</dt>
        <dd>{grouped(count)}</dd>
      </div>
      {users > 0 && (
        <div>
          <dt>Users</dt>
          <dd>{grouped(users)}</dd>
        </div>
      )}
      <div>
        <dt>First seen</dt>
        <dd>
          {clockSeconds(first)}{' '}
          <span class="small">
            {began === undefined
              ? ago(first, time.now.value)
              : `${age(first - began.time)} after ${began.version}`}
          </span>
        </dd>
      </div>
      <div>
        <dt>Last seen</dt>
        <dd>
          {clockSeconds(msOf(lastSeen))} <span class="small">{ago(msOf(lastSeen), time.now.value)}</span>
        </dd>
      </div>
      {version !== undefined && version.version !== '' && (
        <div>
          <dt>Version</dt>
          <dd class="clip" title={version.version}>
            <bdi>{version.version}</bdi>{' '}
            <span class="small">{textOf(version.count / (count || 1), 'ratio')}</span>
          </dd>
        </div>
      )}
      {instance !== undefined && (
        <div>
          <dt>Instance</dt>
          <dd
            class="clip"
            title={`${instance.name}, ${textOf(instance.part, 'ratio')} of the latest ${samples.length} events`}
          >
            <bdi>{instance.name}</bdi> <span class="small">{textOf(instance.part, 'ratio')}</span>
          </dd>
        </div>
      )}
    </dl>
  )
}
