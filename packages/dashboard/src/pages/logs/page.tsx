import { useComputed } from '@preact/signals'

import { markOf, useDeployed } from '../../api/deployments.ts'
import { grouped } from '../../format/numbers.ts'
import { lengthText } from '../../format/ranges.ts'
import { bucketsOf, lanesOf, perText } from '../../logs/lanes.ts'
import type { LogList } from '../../logs/list.ts'
import { SearchBox } from '../../parts/search-box.tsx'
import { Failed } from '../../parts/shown.tsx'
import { LOG_FIELDS, logValues } from '../../search/fields.ts'
import { valuesOf, wordsOf } from '../../search/terms.ts'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { useCounts, useLogList, useSearch } from './data.ts'
import { Facets } from './facets.tsx'
import { Levels } from './levels.tsx'
import { LineList } from './lines.tsx'

const NOTHING = { levels: {} }

/** Log records: search, counts by level, facets, and the lines, which follow new ones. */
export default function LogsPage() {
  const { address, time } = useApp()
  const params = address.params.value
  const q = params.get('q') ?? ''
  const isUtc = params.get('tz') === 'utc'
  const at = params.get('at')

  const asked = useSearch()
  const { counts, before, facets, retry } = useCounts(asked)
  const { list, reload } = useLogList(asked)

  const services = valuesOf(q, 'service')
  const marks = useDeployed()
    .value.filter(({ service }) => services.length === 0 || services.includes(service))
    .map(markOf)
  const lanes = lanesOf(counts.value ?? NOTHING)
  const total = lanes.reduce((sum, lane) => sum + lane.sum, 0)
  const grave = lanes.reduce(
    (sum, { name, sum: of }) => (name === 'error' || name === 'warn' ? sum + of : sum),
    0,
  )
  const span = time.span.value
  const buckets = bucketsOf(span)
  const last = time.last.value
  const hasDay = new Date(span.from).toDateString() !== new Date().toDateString()
  const search = (next: string) => address.adjust({ q: next === '' ? null : next, open: null })

  return (
    <Page title="Logs" isFilling>
      <SearchBox
        name="logs"
        q={q}
        onSearch={search}
        fields={LOG_FIELDS}
        values={logValues}
        hits={counts.value?.q === asked.value ? total : undefined}
      />
      <div class="loghead">
        <p>
          {counts.value === undefined ? (
            '\u00a0'
          ) : (
            <>
              <b>
                {grouped(total)} {total === 1 ? 'line' : 'lines'}
              </b>{' '}
              <span class="muted">
                {last === undefined ? 'in this time' : `in the last ${lengthText(last)}`}, {grouped(grave)} at
                warn or above
                {before !== undefined &&
                  `; ${grouped(lanesOf(before).reduce((sum, lane) => sum + lane.sum, 0))} lines ${time.compare.value?.text ?? 'before'}`}
                {!counts.value.complete && '; not all were counted in time'}
              </span>
            </>
          )}
        </p>
        <p class="muted small push">
          Lines {perText(buckets.width)}, each level on its own scale{' '}
          <button
            type="button"
            class="linkish"
            title="Changes the times of the lines"
            onClick={() => address.adjust({ tz: isUtc ? null : 'utc' })}
          >
            {isUtc ? 'Times in UTC' : 'Local times'}
          </button>
        </p>
      </div>
      <Levels
        lanes={lanes}
        before={before === undefined ? [] : lanesOf(before)}
        buckets={buckets}
        isLoaded={counts.value !== undefined}
        marks={marks}
      />
      <div class="logs">
        <Facets facets={facets} q={q} onSearch={search} />
        <section class="logview" aria-labelledby="h-lines">
          <h2 id="h-lines" class="sr">
            Log lines, newest last
          </h2>
          <ListState
            list={list}
            error={counts.error}
            hasSearch={q !== ''}
            reload={() => {
              reload()
              retry()
            }}
          />
          <LineList
            list={list}
            style={{ words: wordsOf(q), isUtc, hasDay }}
            goTo={at === null ? undefined : Number(at)}
          />
        </section>
      </div>
    </Page>
  )
}

/** Says why there are no lines, or that they could not be loaded. Apart, so that lines that arrive draw nothing else anew. */
function ListState({
  list,
  error,
  hasSearch,
  reload,
}: {
  list: LogList
  error: string | undefined
  hasSearch: boolean
  reload: () => void
}) {
  const state = useComputed(() => {
    const { rows, isReady, error: failed } = list.lines.value
    return failed ?? (isReady && rows.length === 0 ? 'empty' : '')
  }).value
  const problem = state === 'empty' ? error : state || error
  if (problem !== undefined) return <Failed error={problem} retry={reload} />
  if (state !== 'empty') return null
  return (
    <p class="empty">
      <b>No lines.</b>
      {hasSearch ? 'Remove a condition, or choose a longer time.' : 'Nothing was logged in this time.'}
    </p>
  )
}
