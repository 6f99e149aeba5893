import type { ComponentChildren } from 'preact'

import { useLoaded } from '../../api/answer.ts'
import { curlOf } from '../../format/share.ts'
import { CopyMenu } from '../../parts/copy.tsx'
import { useApp } from '../../state/app.ts'

/** Parameters of the list that a trace was opened from. They go along, so that the traces beside it can be reached. */
const OF_LIST = ['q', 'service', 'route', 'sort', 'sel'] as const
/** Traces of the list that are looked at. */
const LISTED = 200

/** The tools of a trace: the traces before and after it in the list that it was opened from, copying, and saving as a file. */
export function Siblings({
  id,
  isImported,
  otlp,
  children,
}: {
  id: string
  isImported: boolean
  otlp: unknown
  children: ComponentChildren
}) {
  const { address, time } = useApp()
  const params = address.params.peek()
  const list = Object.fromEntries(
    OF_LIST.flatMap((name) => (params.has(name) ? [[name, params.get(name) ?? '']] : [])),
  )
  const { answer } = useLoaded((api, signal) => {
    if (isImported || Object.keys(list).length === 0) return undefined
    const { q = '', service, route, sort } = list
    const { from, to } = time.span.peek()
    const order = sort === 'slowest' ? 'slowest' : 'newest'
    return api.get<{ traces: ReadonlyArray<{ traceId: string }> }>(
      '/api/traces',
      { q, service, route, order, from: Math.round(from), to: Math.round(to), limit: LISTED },
      signal,
    )
  })
  const ids = (answer.value.value?.traces ?? []).map(({ traceId }) => traceId)
  const at = ids.indexOf(id)
  return (
    <>
      <span class="push" />
      {children}
      <div class="tools">
        {at >= 0 && ids.length > 1 && (
          <div class="seg" role="group" aria-label="Traces of the list">
            <Step id={ids[at - 1]} list={list} text="‹" label="Previous trace" />
            <span class="btn flat">
              {at + 1}{' '}
              <span class="small">of {ids.length === LISTED ? `${LISTED} or more` : ids.length}</span>
            </span>
            <Step id={ids[at + 1]} list={list} text="›" label="Next trace" />
          </div>
        )}
        <button type="button" class="btn" onClick={() => save(`trace-${id.slice(0, 8)}.json`, otlp)}>
          Save
        </button>
        <CopyMenu
          of={{
            json: () => otlp,
            ...(!isImported && { curl: () => curlOf(location.origin, `/api/traces/${id}`) }),
          }}
        />
      </div>
    </>
  )
}

function Step({
  id,
  list,
  text,
  label,
}: {
  id: string | undefined
  list: Readonly<Record<string, string>>
  text: string
  label: string
}) {
  const { address } = useApp()
  if (id === undefined)
    return (
      <button type="button" class="btn step" aria-label={label} disabled>
        {text}
      </button>
    )
  return (
    <a class="btn step" aria-label={label} href={address.to(`/traces/${id}`, list)}>
      {text}
    </a>
  )
}

/** Saves the trace as OTLP in JSON, which the page of traces can import. */
function save(name: string, otlp: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(otlp)], { type: 'application/json' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}
