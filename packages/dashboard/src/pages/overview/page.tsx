import { useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import { mapAnswer, useLoaded } from '../../api/answer.ts'
import { useDeployments } from '../../api/deployments.ts'
import { useReadings } from '../../api/series.ts'
import type { Change, Dependency } from '../../api/shapes.ts'
import { lengthText } from '../../format/ranges.ts'
import { clock } from '../../format/times.ts'
import { Failed } from '../../parts/shown.tsx'
import { Sentence } from '../../sentences/sentence.tsx'
import { type Known, verdictOf } from '../../sentences/verdict.ts'
import { useMonitor } from '../../shell/monitor.ts'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { Alerts } from './alerts.tsx'
import { Business } from './business.tsx'
import { useFigures } from './cell.tsx'
import { Changes } from './changes.tsx'
import { Errors } from './errors.tsx'
import { serviceQuery, wasOf } from './figures.ts'
import { FirstRun } from './first-run.tsx'
import { Services } from './services.tsx'

const MINUTE = 60_000
/** How far back changes are told on a page that ends now, and the most that the hub looks through. */
const RECENT = 20 * MINUTE
const MOST = 24 * 60 * MINUTE
/** Milliseconds between two looks at what changes slowly. */
const EVERY_MS = 5_000

/** How everything is: the verdict, what changed, alerts, services, new errors, the business. */
export default function Overview() {
  const { time } = useApp()
  const { services, all: everywhere, isShown, environment, retry } = useMonitor()
  const { error, since } = services.value

  const range = useComputed(() => {
    const { from, to } = time.span.value
    const isNow = time.last.value !== undefined
    const start = isNow ? Math.max(from, to - RECENT) : Math.max(from, to - MOST)
    const length = lengthText(to - start)
    return {
      from: start,
      to,
      length: isNow ? `in the last ${length}` : `from ${clock(start)} to ${clock(to)}`,
    }
  })
  const round = useComputed(() => Math.floor(range.value.to / EVERY_MS))
  const ends = () => {
    void round.value
    const { from, to } = range.peek()
    return { from: Math.round(from), to: Math.round(to) }
  }
  const changed = useLoaded((api, aborted) =>
    api.get<{ changes: readonly Change[] }>('/api/changes', ends(), aborted).then((answer) => answer.changes),
  )
  const changes = useMemo(
    () => ({
      ...changed,
      answer: mapAnswer(changed.answer, (all) => all.filter(({ service }) => isShown(service))),
    }),
    [changed, isShown],
  )
  const calls = useLoaded((api, aborted) =>
    api
      .get<{ dependencies: readonly Dependency[] }>('/api/dependencies', ends(), aborted)
      .then(({ dependencies }) => dependencies),
  )
  const versions = useReadings(
    () =>
      'count by (job, version) (label_replace(target_info{service_version!=""}, "version", "$1", "service_version", "(.+)") or service_info{version!=""})',
  ).answer

  const marks = useDeployments()
  const lines = useFigures('job', serviceQuery)

  const verdict = useComputed(() => {
    if (services.value.value === undefined || changes.answer.value.since === undefined) return undefined
    const running: Known['running'] = (service, version) =>
      (versions.value.value ?? [])
        .filter(
          ({ labels }) => labels['job'] === service && (version === '' || labels['version'] === version),
        )
        .reduce((sum, { value: count }) => sum + count, 0)
    const all = services.value.value
    if (all.length === 0 && everywhere.value?.length !== 0) {
      const name = { text: environment.value ?? '', as: 'name' } as const
      return ['No service runs in ', name, '.']
    }
    return verdictOf({
      services: all,
      changes: changes.answer.value.value ?? [],
      called: new Set(calls.answer.value.value?.map(({ server }) => server)),
      running,
      usual: (service) =>
        wasOf(
          'p95',
          all.find(({ name }) => name === service)?.requests?.p95,
          lines.p95.value?.by.get(service),
        ),
      now: range.value.to,
      length: range.value.length,
    })
  })

  if (everywhere.value?.length === 0 && error === undefined && time.last.value !== undefined)
    return <FirstRun />
  // Parts appear in an order in which none moves another one: first how the services are, then what is below them.
  const { value: known } = services.value
  const isKnown = known !== undefined || error !== undefined
  const isWrong = known?.some(({ state }) => state !== 'healthy') === true
  const { since: callsSince, error: callsError } = calls.answer.value
  return (
    <Page title="Overview">
      <p class={`verdict ${isWrong ? 'long' : ''} ${error === undefined ? '' : 'muted'}`} role="status">
        {verdict.value !== undefined && <Sentence parts={verdict.value} />}
      </p>
      {error !== undefined && (
        <Failed
          error={since === undefined ? error : `${error} The figures are those of ${clock(since)}.`}
          retry={retry}
        />
      )}
      {isKnown && (
        <>
          <div class={isWrong ? 'grid sec keep events' : 'grid sec keep'}>
            <Changes changes={changes} length={range.value.length} />
            <Alerts />
          </div>
          <Services lines={lines} versions={versions} calls={calls.answer} marks={marks} />
          {(callsSince !== undefined || callsError !== undefined) && (
            <div class="grid sec keep">
              <Errors marks={marks} />
              <Business marks={marks} />
            </div>
          )}
        </>
      )}
    </Page>
  )
}
