import { useComputed, useSignalEffect } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'

import { useAnswer } from '../../api/answer.ts'
import { grouped } from '../../format/numbers.ts'
import { bucketsOf, type Histogram, lanesOf, perText } from '../../logs/lanes.ts'
import { LogList } from '../../logs/list.ts'
import { SearchBox } from '../../parts/search-box.tsx'
import { Failed } from '../../parts/shown.tsx'
import { type Facet, LOG_FIELDS, logValues } from '../../search/fields.ts'
import { fieldTerm, withText, wordsOf } from '../../search/terms.ts'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { durationText } from '../../state/time.ts'
import { FACETS, Facets } from './facets.tsx'
import { Levels } from './levels.tsx'
import { LineList } from './lines.tsx'

/** Log records: search, counts by level, facets, and the lines, which follow new ones. */
export default function LogsPage() {
  const { address, api, live, time } = useApp()
  const params = address.params.value
  const q = params.get('q') ?? ''
  const isUtc = params.get('tz') === 'utc'

  /** The search with the environment of the page. */
  const asked = useComputed(() => {
    const { value } = address.params
    const env = value.get('env')
    return withText(value.get('q') ?? '', env === null ? '' : fieldTerm('env', env))
  })
  const counted = useAnswer<Histogram>(() => {
    const { from, to, count } = bucketsOf(time.span.value)
    return ['/api/logs/histogram', { q: asked.value, from, to, buckets: count }]
  })
  const facets = useAnswer<{ readonly facets: readonly Facet[] }>(() => [
    '/api/logs/facets',
    { q: asked.value, ...time.span.value, fields: FACETS.map(([field]) => field).join(',') },
  ])

  const list = useMemo(() => new LogList(api), [api])
  useEffect(() => () => list.close(), [list])
  const range = useComputed(() => {
    const { value } = address.params
    return JSON.stringify([
      asked.value,
      time.last.value,
      value.get('from'),
      value.get('to'),
      value.get('fold'),
    ])
  })
  useSignalEffect(() => {
    void range.value
    const at = address.params.peek().get('at')
    const cursor = address.params.peek().get('open') ?? undefined
    const goesOn = time.last.value !== undefined
    if (time.live.peek()) time.hold(cursor !== undefined || at !== null)
    void list.load({
      q: asked.value,
      ...time.span.peek(),
      goesOn,
      folds: address.params.peek().get('fold') !== '0',
      cursor,
      at: at === null ? undefined : Number(at),
    })
  })
  useSignalEffect(() => {
    if (!time.live.value) return undefined
    void list.arrived()
    return live.follow('stored', ({ items }) => {
      if (items.some(isOfLogs)) void list.arrived()
    })
  })

  const lanes = lanesOf(counted.answer.value.value ?? { levels: {} })
  const buckets = bucketsOf(time.span.value)
  const total = lanes.reduce((sum, lane) => sum + lane.sum, 0)
  const grave = lanes.filter(({ name }) => name === 'error' || name === 'warn')
  const graveCount = grave.reduce((sum, lane) => sum + lane.sum, 0)
  const { error, rows, isReady } = list.lines.value
  const last = time.last.value
  const search = (next: string) => address.adjust({ q: next === '' ? null : next, open: null })

  return (
    <Page title="Logs" isFilling>
      <SearchBox
        name="logs"
        q={q}
        onSearch={search}
        fields={LOG_FIELDS}
        values={logValues}
        hits={counted.answer.value.value === undefined ? undefined : total}
      />
      <div class="loghead">
        <p>
          {counted.answer.value.value !== undefined && (
            <>
              <b>{grouped(total)} lines</b>{' '}
              <span class="muted">
                {last === undefined ? 'in this time' : `in the last ${durationText(last)}`},{' '}
                {grouped(graveCount)} at warn or above
              </span>
            </>
          )}
        </p>
        <p class="muted small push">
          Lines {perText(buckets.width)}, each level on its own scale.{' '}
          <button type="button" class="linkish" onClick={() => address.adjust({ tz: isUtc ? null : 'utc' })}>
            {isUtc ? 'Times in UTC' : 'Local times'}
          </button>
        </p>
      </div>
      <Levels
        lanes={lanes}
        before={undefined}
        buckets={buckets}
        span={time.span.value}
        marks={[]}
        onGo={() => undefined}
      />
      <div class="logs">
        <Facets facets={facets.answer.value.value?.facets ?? []} q={q} onSearch={search} />
        <section class="logview" aria-labelledby="h-lines">
          <h2 id="h-lines" class="sr">
            Log lines, newest last
          </h2>
          {error !== undefined && (
            <Failed
              error={error}
              retry={() =>
                void list.load({
                  q: asked.peek(),
                  ...time.span.peek(),
                  goesOn: last !== undefined,
                  folds: true,
                })
              }
            />
          )}
          {isReady && rows.length === 0 && error === undefined && (
            <p class="empty">
              <b>No lines are found.</b>{' '}
              {q === '' ? 'Nothing was logged in this time.' : 'Remove a condition, or choose a longer time.'}
            </p>
          )}
          <LineList list={list} style={{ words: wordsOf(q), isUtc, hasDay: false }} goTo={undefined} />
        </section>
      </div>
    </Page>
  )
}

const isOfLogs = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && 'signal' in item && item.signal === 'logs'
