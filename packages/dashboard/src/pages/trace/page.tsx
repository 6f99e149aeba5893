import { useComputed } from '@preact/signals'
import { useRef } from 'preact/hooks'

import { type Answer, useLoaded } from '../../api/answer.ts'
import { type LogsAnswer, pageOf } from '../../logs/log.ts'
import { Failed } from '../../parts/shown.tsx'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { type Model, modelOf } from '../../trace/model.ts'
import { readTrace } from '../../trace/read.ts'
import { TraceView } from './view.tsx'

/** A trace is loaded again and again while spans of it may still arrive: milliseconds after its end. */
const ARRIVING_MS = 30_000

/** The page of a trace. The id `imported` is a file that was dropped. */
export default function TracePage({ id = '' }: { id?: string }) {
  return id === 'imported' ? <ImportedTrace /> : <StoredTrace key={id} id={id} />
}

function StoredTrace({ id }: { id: string }) {
  const { time } = useApp()
  const end = useRef(Date.now())
  const { answer, retry } = useLoaded(async (api, signal) => {
    if (Date.now() - end.current < ARRIVING_MS) void time.beat.value
    const otlp = await api.get<{ logs: LogsAnswer }>(`/api/traces/${encodeURIComponent(id)}`, {}, signal)
    const trace = readTrace(otlp)
    end.current = trace.start + trace.duration
    return { model: modelOf(trace, pageOf(otlp.logs).logs), otlp }
  })
  const { value, error } = answer.value
  if (value !== undefined) return <TraceView {...value} />
  return (
    <Page title="Trace" crumbs={[{ text: 'Traces', href: '/traces' }]}>
      {error !== undefined && <Failed error={error} retry={retry} />}
    </Page>
  )
}

function ImportedTrace() {
  const { imported } = useApp()
  const read = useComputed((): Pick<Answer<Model>, 'value' | 'error'> => {
    if (imported.value === undefined)
      return {
        value: undefined,
        error: 'The file is gone with the last reload of the page. Drop it here again.',
      }
    try {
      return { value: modelOf(readTrace(imported.value), []), error: undefined }
    } catch (error) {
      return { value: undefined, error: error instanceof Error ? error.message : String(error) }
    }
  })
  const { value, error } = read.value
  if (value !== undefined) return <TraceView model={value} otlp={imported.value} isImported />
  return (
    <Page title="Imported trace" crumbs={[{ text: 'Traces', href: '/traces' }]}>
      <p class="muted">{error}</p>
    </Page>
  )
}
