import { useAnswer } from '../../api/answer.ts'
import { clock } from '../../format/times.ts'
import { Shown } from '../../parts/shown.tsx'
import { Value } from '../../parts/value.tsx'
import { Page } from '../../shell/page.tsx'
import { HubCharts } from './charts.tsx'
import { Senders } from './senders.tsx'
import type { HubState } from './state.ts'

/** How the hub itself is: what arrives, what it refuses and why, what it keeps, and how long it takes. */
export default function HubPage() {
  const { answer, retry } = useAnswer<HubState>(() => ['/api/hub'])
  const { value } = answer.value
  return (
    <Page title="Hub" state={value && <span class="muted small">version {value.version}</span>}>
      <Shown answer={answer} retry={retry}>
        {({ store, queries, threadDeaths = 0 }) => (
          <>
            <Problems
              sentences={[
                ...store.problems,
                ...(threadDeaths > 0
                  ? [`${threadDeaths} threads ended by a fault, and were started again.`]
                  : []),
                ...(queries.refused > 0
                  ? [
                      `${queries.refused} queries were refused because too many waited, since the hub was started.`,
                    ]
                  : []),
                ...(queries.stopped > 0
                  ? [`${queries.stopped} queries were stopped at their limit, since the hub was started.`]
                  : []),
              ]}
            />
            <dl class="strip">
              {(
                [
                  ['Spans', store.spans, 'int'],
                  ['Log records', store.logs, 'int'],
                  ['Series', store.series, 'int'],
                  ['On disk', Object.values(store.bytes).reduce((sum, each) => sum + each, 0), 'B'],
                  ['Queries under way', queries.running + queries.waiting, 'int'],
                ] as const
              ).map(([text, figure, unit]) => (
                <div key={text}>
                  <dt>{text}</dt>
                  <dd>
                    <Value of={figure} unit={unit} />
                  </dd>
                </div>
              ))}
              {store.oldest !== null && (
                <div>
                  <dt>Oldest event</dt>
                  <dd>{clock(store.oldest)}</dd>
                </div>
              )}
            </dl>
          </>
        )}
      </Shown>
      <Senders states={value?.services ?? []} />
      <HubCharts />
    </Page>
  )
}

function Problems({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null
  return (
    <ul class="story open">
      {sentences.map((sentence) => (
        <li key={sentence}>
          <i class="mark" data-state="warn" />
          <span>{sentence}</span>
        </li>
      ))}
    </ul>
  )
}
