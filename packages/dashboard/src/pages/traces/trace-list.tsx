import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals'

import { useLoaded } from '../../api/answer.ts'
import { textOf } from '../../format/numbers.ts'
import { clockMs, msOf, secondsOf } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { Shown } from '../../parts/shown.tsx'
import { useApp } from '../../state/app.ts'
import { type Column, Table } from '../../tables/table.tsx'
import type { TracesAnswer, TraceSummary } from '../../traces/list.ts'
import { selectionFrom, selectionParams } from '../../traces/selection.ts'
import { TimeSpent, useContents } from './time-spent.tsx'

const LIMIT = 50

const COLUMNS: ReadonlyArray<Column<TraceSummary>> = [
  { key: 'start', head: 'Started' },
  { key: 'request', head: 'Request' },
  { key: 'spent', head: 'Time spent', class: 'ph' },
  { key: 'duration', head: 'Duration', class: 'num' },
  { key: 'status', head: 'Outcome' },
  { key: 'spans', head: 'Spans', class: 'num' },
  { key: 'calls', head: 'Database calls', class: 'num lo' },
  { key: 'wait', head: 'Waiting', class: 'num lo' },
  { key: 'services', head: 'Services', class: 'lo' },
]

/** The traces of the search, or of the selection. */
export function TraceList({ slow }: { slow: ReadonlySignal<number> }) {
  const { address, time } = useApp()
  const params = useComputed(() => {
    const { value } = address.params
    return { q: value.get('q') ?? '', sel: value.get('sel'), sort: value.get('sort') }
  })
  const more = useSignal(1)
  const { answer, retry } = useLoaded((api, signal) => {
    void slow.value
    void time.last.value
    const { q, sel, sort } = params.value
    const span = time.span.peek()
    const selection = selectionFrom(sel, span)
    const { selFrom, selTo, ...conditions } = {
      selFrom: span.from,
      selTo: span.to,
      ...(selection && selectionParams(selection)),
    }
    return api.get<TracesAnswer>(
      '/api/traces',
      {
        q,
        ...conditions,
        from: Math.round(selFrom),
        to: Math.round(selTo),
        order: sort === 'newest' || (sort === null && selection === undefined) ? 'newest' : 'slowest',
        limit: Math.min(1_000, LIMIT * more.value),
      },
      signal,
    )
  })
  const { q, sel, sort } = params.value
  const order = sort ?? (sel === null ? 'newest' : 'slowest')
  const contents = useContents(
    useComputed(() => (answer.value.value?.traces ?? []).map(({ traceId }) => traceId)),
  )
  return (
    <section class="sec" aria-labelledby="h-list">
      <div class="head">
        <h2 id="h-list">{sel === null ? 'Traces' : 'Selected traces'}</h2>
        <div class="seg tiny" role="group" aria-label="Order">
          {(['newest', 'slowest'] as const).map((each) => (
            <button
              key={each}
              type="button"
              class="btn"
              aria-pressed={order === each}
              onClick={() => address.adjust({ sort: each })}
            >
              {each === 'newest' ? 'Newest' : 'Slowest'}
            </button>
          ))}
        </div>
        <ul class="legend push">
          <li class="p1">
            <span class="dot" />
            database
          </li>
          <li class="p2">
            <span class="dot" />
            waiting
          </li>
          <li class="p4">
            <span class="dot" />
            all else
          </li>
        </ul>
      </div>
      <Shown
        answer={answer}
        retry={retry}
        isEmpty={({ traces }) => traces.length === 0}
        empty="No trace in this time meets all conditions. Remove one, or choose a longer time."
      >
        {({ traces, next, complete }) => (
          <>
            <Table
              label="Traces"
              rows={traces}
              columns={COLUMNS}
              keyOf={({ traceId }) => traceId}
              hrefOf={({ traceId, match }) =>
                address.to(`/traces/${traceId}`, { ...context(q, sel, order), span: match.spanId })
              }
              sortParam="by"
              textOf={({ root, services, traceId }) => `${root.name} ${services.join(' ')} ${traceId}`}
            >
              {(trace) => (
                <Cells
                  trace={trace}
                  href={address.to(`/traces/${trace.traceId}`, context(q, sel, order))}
                  content={contents.value.get(trace.traceId)}
                />
              )}
            </Table>
            {!complete && <p class="muted small">Not all was searched in time. The newest is shown.</p>}
            {next !== null && traces.length < 1_000 && (
              <button type="button" class="btn" onClick={() => more.value++}>
                Show more
              </button>
            )}
          </>
        )}
      </Shown>
    </section>
  )
}

/** What the page of a trace knows of the list: the traces before and after it. */
const context = (q: string, sel: string | null, sort: string): Record<string, string | null> => ({
  q: q === '' ? null : q,
  sel,
  sort,
})

function Cells({
  trace: { root, spans, errors, services, start, duration },
  href,
  content,
}: {
  trace: TraceSummary
  href: string
  content: ReturnType<typeof useContents>['value'] extends ReadonlyMap<string, infer Content>
    ? Content | undefined
    : never
}) {
  const isBad = root.statusCode === 2
  return (
    <>
      <td class="nowrap">
        <a class="plain" href={href}>
          {clockMs(msOf(start))}
        </a>
      </td>
      <th scope="row" class="code clip" title={`${root.service} ${root.name}`}>
        <a class="plain" href={href}>
          <bdi>{root.name}</bdi>
        </a>
      </th>
      <td class="nowrap ph">
        <TimeSpent content={content} />
      </td>
      <td class="num strong">{textOf(secondsOf(duration), 's')}</td>
      <td class={isBad ? 'bad' : ''}>
        <span class="name">
          <StateMark state={isBad ? 'bad' : errors > 0 ? 'warn' : 'ok'} />
          {isBad ? 'failed' : errors > 0 ? `${errors} inside failed` : 'ok'}
        </span>
      </td>
      <td class="num">{spans}</td>
      <td class="num lo">{content?.calls}</td>
      <td class="num lo">
        {content !== undefined && content.waiting > 0 && textOf(content.waiting / 1_000, 's')}
      </td>
      <td class="lo clip muted" title={services.join(', ')}>
        <bdi>{services.join(', ')}</bdi>
      </td>
    </>
  )
}
