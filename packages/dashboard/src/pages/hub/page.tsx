import { useAnswer } from '../../api/answer.ts'
import { textOf } from '../../format/numbers.ts'
import { clock } from '../../format/times.ts'
import { Shown } from '../../parts/shown.tsx'
import { Page } from '../../shell/page.tsx'
import { HubCharts } from './charts.tsx'
import { Senders } from './senders.tsx'
import { type HubState, problemsOf } from './state.ts'

/** How the hub itself is: what arrives, what it refuses and why, what it keeps, and how long it takes. */
export default function HubPage() {
  const { answer, retry } = useAnswer<HubState>(() => ['/api/hub'])
  const { value } = answer.value
  return (
    <Page title="Hub" state={value && <span class="muted small">version {value.version}</span>}>
      <Shown answer={answer} retry={retry}>
        {(state) => (
          <>
            <Problems sentences={problemsOf(state)} />
            <dl class="strip">
              {factsOf(state).map(([text, figure]) => (
                <div key={text}>
                  <dt>{text}</dt>
                  <dd>{figure}</dd>
                </div>
              ))}
            </dl>
            <Senders
              all={state.services.filter(({ name }) => name !== '')}
              limit={state.limits.seriesPerJob}
            />
          </>
        )}
      </Shown>
      {/* What is above has its height then, so that the charts do not move. */}
      {(value !== undefined || answer.value.error !== undefined) && <HubCharts />}
    </Page>
  )
}

function factsOf({ store, durations, limits, scrapes }: HubState): ReadonlyArray<readonly [string, string]> {
  const used = Object.values(store.bytes).reduce((sum, each) => sum + each, 0)
  const stored = [durations.traces, durations.logs, durations.metrics].flatMap(({ p95 }) => p95 ?? [])
  const targets = scrapes.up + scrapes.down + scrapes.unknown
  return [
    ['Spans', textOf(store.spans, 'int')],
    ['Log records', textOf(store.logs, 'int')],
    ['Series', textOf(store.series, 'int')],
    ['On disk', `${textOf(used, 'B')} of ${textOf(limits.maxDisk, 'B')}`],
    ['Kept', textOf(limits.retention / 1_000, 's')],
    ...(store.oldest === null ? [] : [['Oldest event', clock(store.oldest)] as const]),
    ...(stored.length === 0 ? [] : [['Time to store, p95', textOf(Math.max(...stored), 's')] as const]),
    ...(durations.queries.p95 === null
      ? []
      : [['Queries, p95', textOf(durations.queries.p95, 's')] as const]),
    ...(targets === 0 ? [] : [['Scrapes', `${scrapes.up} of ${targets} up`] as const]),
  ]
}

function Problems({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null
  return (
    <section aria-label="Problems since the start of the hub">
      <ul class="story open">
        {sentences.map((sentence) => (
          <li key={sentence}>
            <i class="mark" data-state="warn" />
            <span>{sentence}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
