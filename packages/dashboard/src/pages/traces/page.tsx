import { useComputed } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'

import { useLoaded } from '../../api/answer.ts'
import { SearchBox } from '../../parts/search-box.tsx'
import { Failed } from '../../parts/shown.tsx'
import { fieldTerm } from '../../search/field-term.ts'
import { SPAN_FIELDS, spanValues } from '../../search/fields.ts'
import { withText } from '../../search/terms.ts'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { type HeatAnswer, heatOf } from '../../traces/heat.ts'
import { selectionFrom } from '../../traces/selection.ts'
import { Explain } from './explain.tsx'
import { Heatmap } from './heatmap.tsx'
import { ImportFile } from './import-file.tsx'
import { TraceList } from './trace-list.tsx'

/** Milliseconds between two pictures of a live page: each counts all spans anew. */
const EVERY = 10_000

/** Traces: search, their durations over time, what distinguishes a selection, and the list. */
export default function TracesPage() {
  const { address, time } = useApp()
  const params = address.params.value
  const q = params.get('q') ?? ''
  useServiceAsSearch()

  const isPoints = params.get('as') === 'points'
  const slow = useComputed(() => Math.floor(time.now.value / EVERY))
  const search = useComputed(() => address.params.value.get('q') ?? '')
  const as = useComputed(() => address.params.value.get('as'))
  const picture = useLoaded(async (api, signal) => {
    void slow.value
    const { from, to } = time.span.peek()
    void time.last.value
    const cells = as.value === 'points' ? { columns: 300, rows: 90 } : { columns: 90, rows: 34 }
    const heat = await api.get<HeatAnswer>(
      '/api/traces/heatmap',
      { q: search.value, from: Math.round(from), to: Math.round(to), ...cells },
      signal,
    )
    return heatOf(heat)
  })
  const selection = useComputed(() => {
    const text = address.params.value.get('sel')
    return selectionFrom(text, time.span.peek())
  })
  const { value: heat, error } = picture.answer.value

  return (
    <Page title="Traces">
      <SearchBox
        name="traces"
        q={q}
        onSearch={(next) => address.adjust({ q: next === '' ? null : next })}
        fields={SPAN_FIELDS}
        values={spanValues}
        hits={heat?.spans}
      />
      {error !== undefined && <Failed error={error} retry={picture.retry} />}
      <Heatmap heat={heat} selection={selection.value} isPoints={isPoints} />
      {selection.value !== undefined && <Explain />}
      <TraceList slow={slow} />
      <ImportFile />
    </Page>
  )
}

/** Links from other pages name a service and a route. They become terms of the search, which can be taken away. */
function useServiceAsSearch(): void {
  const { address } = useApp()
  const params = address.params.value
  const [service, route] = [params.get('service'), params.get('route')]
  useLayoutEffect(() => {
    const terms = [
      ...(service === null ? [] : [fieldTerm('service', service)]),
      ...(route === null ? [] : [fieldTerm('route', route)]),
    ]
    if (terms.length === 0) return
    const q = terms.reduce(
      (all, term) => (all.includes(term) ? all : withText(all, term)),
      params.get('q') ?? '',
    )
    address.adjust({ q, service: null, route: null })
  }, [service, route])
}
