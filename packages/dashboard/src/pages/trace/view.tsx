import { useComputed, useSignal } from '@preact/signals'

import { useLoaded } from '../../api/answer.ts'
import type { Api } from '../../api/api.ts'
import { queryAt } from '../../api/series.ts'
import { textOf } from '../../format/numbers.ts'
import { clockMs } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { WithSheet } from '../../parts/with-sheet.tsx'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import type { LoopDelay, Usual } from '../../trace/findings.ts'
import type { Model } from '../../trace/model.ts'
import { outcomeOf } from '../../trace/span.ts'
import { FlatTable } from './flat-table.tsx'
import { JsonView, LinesView } from './other-views.tsx'
import { Siblings } from './siblings.tsx'
import { SpanSheet } from './span-sheet.tsx'
import { Spent } from './spent.tsx'
import { Toolbar } from './toolbar.tsx'
import { Waterfall } from './waterfall.tsx'

/** A trace: where its time went, its spans, and the chosen span beside them. */
export function TraceView({
  model,
  otlp,
  isImported = false,
}: {
  model: Model
  otlp: unknown
  isImported?: boolean
}) {
  const { address } = useApp()
  const { trace, root } = model
  const { answer: usual } = useLoaded((api, signal) =>
    isImported ? undefined : api.get<Usual>(`/api/traces/${trace.id}/usual`, {}, signal),
  )
  const { answer: delays } = useLoaded((api, signal) =>
    isImported ? undefined : loopDelays(api, trace.start + trace.duration, signal),
  )
  const turned = useSignal<ReadonlySet<string>>(new Set())
  const find = useSignal('')
  const selected = useComputed(() => model.nodes.get(address.params.value.get('span') ?? '')?.span)
  const view = address.params.value.get('view') ?? 'waterfall'
  const select = (id: string | null) => address.adjust({ span: id })
  const outcome = outcomeOf(root)
  return (
    <Page
      title={root.name}
      crumbs={[{ text: 'Traces', href: address.to('/traces') }]}
      state={
        <span class={`state ${outcome === '' ? '' : 'bad'}`}>
          <StateMark state={outcome === '' ? 'ok' : 'bad'} />
          {`${outcome === '' ? '' : `${outcome} `}after ${textOf(trace.duration / 1_000, 's')}`}
        </span>
      }
      tools={
        <Siblings id={trace.id} isImported={isImported} otlp={otlp}>
          <time class="muted small" dateTime={new Date(trace.start).toISOString()}>
            {dayOf(trace.start)}, {clockMs(trace.start)}
          </time>
        </Siblings>
      }
    >
      <WithSheet
        sheet={
          selected.value && (
            <SpanSheet
              key={selected.value.id}
              model={model}
              span={selected.value}
              onClose={() => select(null)}
            />
          )
        }
      >
        <Spent model={model} usual={usual.value.value} delays={delays.value.value} onSelect={select} />
        <Toolbar model={model} find={find} />
        {view === 'table' ? (
          <FlatTable model={model} onSelect={select} />
        ) : view === 'logs' ? (
          <LinesView model={model} />
        ) : view === 'json' ? (
          <JsonView otlp={otlp} />
        ) : (
          <Waterfall model={model} turned={turned} find={find} selected={selected} onSelect={select} />
        )}
      </WithSheet>
    </Page>
  )
}

/** Milliseconds after a trace in which its processes have told their delays. */
const TOLD_MS = 60_000

/** The longest delays of event loops in the minute around the end of a trace, from the metrics of the processes. */
async function loopDelays(api: Api, end: number, signal: AbortSignal): Promise<LoopDelay[]> {
  const names = 'nodejs_eventloop_(lag|delay)_(max|p99)_seconds'
  const query = `max by (job, instance) (max_over_time({__name__=~"${names}"}[2m]))`
  const readings = await queryAt(api, query, end + TOLD_MS, signal)
  return readings.map(({ labels, value }) => ({
    service: labels['job'] ?? '',
    instance: labels['instance'] ?? '',
    seconds: value,
  }))
}

const dayOf = (ms: number): string =>
  new Date(ms).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })
