import { useComputed } from '@preact/signals'

import { useAnswer, useLoaded } from '../../api/answer.ts'
import { queryAt } from '../../api/series.ts'
import { ago, clock, clockSeconds } from '../../format/times.ts'
import { quoted } from '../../promql/together.ts'
import { fieldTerm } from '../../search/field-term.ts'
import { useApp } from '../../state/app.ts'
import type { Instance, Parts } from './service.ts'

/** Milliseconds before and after a pinned moment that the logs and traces of it are of. */
const AROUND = 30_000

/** What a service is and where it runs, and the ways to its logs, traces and alerts. */
export function Facts({ name, service, marks }: Parts) {
  const { time } = useApp()
  const info = useLoaded((api, aborted) => {
    void time.grid.value
    const job = `job=${quoted(name)}`
    const { to } = time.span.peek()
    return queryAt(
      api,
      `target_info{${job}} or service_info{${job}} or nodejs_version_info{${job}}`,
      to,
      aborted,
    )
  })
  const runtime = useComputed(() => runtimeOf(info.answer.value.value?.map(({ labels }) => labels) ?? []))
  const found = service.answer.value.value
  const instances = found?.instances ?? []
  const live = instances.filter((each) => each.live && !each.down)
  const last = marks.value.at(-1)
  const { framework, node } = runtime.value
  return (
    <div class="facts-row">
      <dl class="strip facts">
        <div>
          <dt>{framework === '' ? 'Runtime' : 'Framework'}</dt>
          <dd>
            {framework === '' ? node : framework} {framework !== '' && <span class="small">{node}</span>}
            &nbsp;
          </dd>
        </div>
        <div>
          <dt>Instances</dt>
          <dd class={live.length < instances.length ? 'warn' : ''}>
            {found !== undefined && `${live.length} of ${instances.length} live`}&nbsp;
          </dd>
        </div>
        <div>
          <dt>Versions</dt>
          <dd class="wraps">
            {versionsOf(live).map(([version, names]) => (
              <span key={version}>
                <bdi>{version}</bdi> <span class="small">{instancesText(names)}</span>
                {'\u2003'}
              </span>
            ))}
            &nbsp;
          </dd>
        </div>
        <div>
          <dt>Last deployment</dt>
          <dd>
            {last === undefined ? (
              <span class="small">{info.answer.value.value !== undefined && 'none in this range'}&nbsp;</span>
            ) : (
              <>
                <span title={new Date(last.time).toISOString()}>{clockSeconds(last.time)}</span>{' '}
                <span class="small">
                  {ago(last.time, time.now.value)}
                  {partText(last.text.slice(name.length + 1), live)}
                </span>
              </>
            )}
          </dd>
        </div>
      </dl>
      <Actions name={name} />
    </div>
  )
}

interface Alerts {
  readonly data: {
    readonly alerts: ReadonlyArray<{
      readonly state: string
      readonly labels: Readonly<Record<string, string>>
    }>
  }
}

function Actions({ name }: { name: string }) {
  const { address, time } = useApp()
  const alerts = useAnswer<Alerts>(() => ['/api/v1/alerts'])
  const mine = useComputed(
    () =>
      alerts.answer.value.value?.data.alerts.filter(
        ({ labels }) => labels['job'] === name || labels['service'] === name,
      ).length ?? 0,
  )
  // Also while the pointer is at another moment.
  const pinned = Number(address.params.value.get('at') ?? Number.NaN)
  const at = Number.isFinite(pinned) ? pinned : null
  const { from } = time.span.value
  const first = String(Math.round(at === null ? from : at - AROUND))
  const range = at === null ? {} : { r: null, from: first, to: String(at + AROUND) }
  const q = fieldTerm('service', name)
  return (
    <div class="actions">
      {at !== null && <span class="muted small">at {clock(at)}</span>}{' '}
      <a class="btn" href={address.to('/logs', { q, ...range })}>
        Logs
      </a>{' '}
      <a class="btn" href={address.to('/traces', { q, ...range, sort: 'slowest' })}>
        Slowest traces
      </a>{' '}
      <a class="btn" href={address.to('/logs', { q: `${q} level:error`, ...range, at: first })}>
        First errors
      </a>{' '}
      {mine.value > 0 && (
        <a class="btn" href={address.to('/alerts')}>
          {mine.value === 1 ? '1 alert' : `${mine.value} alerts`}
        </a>
      )}
    </div>
  )
}

/** The framework and the version of Node.js, from OpenTelemetry's resource or the kit's scrapes. */
function runtimeOf(infos: ReadonlyArray<Readonly<Record<string, string>>>): {
  framework: string
  node: string
} {
  const first = (...names: readonly string[]) =>
    infos.flatMap((labels) => names.flatMap((name) => labels[name] ?? [])).at(0) ?? ''
  const version = first('process_runtime_version', 'node', 'version').replace(/^v/, '')
  const runtime = first('process_runtime_name')
  return {
    framework: `${first('webengine_name')} ${first('webengine_version')}`.trim(),
    node:
      version === '' ? runtime : `${runtime === '' || runtime === 'nodejs' ? 'Node' : runtime} ${version}`,
  }
}

function versionsOf(live: readonly Instance[]): ReadonlyArray<readonly [string, readonly string[]]> {
  const versions = new Map<string, string[]>()
  for (const { version, instance } of live)
    versions.set(version, [...(versions.get(version) ?? []), instance])
  return [...versions].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
}

const instancesText = (names: readonly string[]) =>
  names.length > 2 ? `on ${names.length} instances` : names.join(', ')

/** How many of the instances have a version, if it is not all of them. */
function partText(version: string, live: readonly Instance[]): string {
  const having = live.filter((each) => each.version === version).length
  return having > 0 && having < live.length ? `, ${having} of ${live.length} so far` : ''
}
