import { useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import { useAnswer, useLoaded } from '../../api/answer.ts'
import { growing } from '../../api/growing.ts'
import { type Lines, queryRange } from '../../api/series.ts'
import { useKeys } from '../../parts/keys.ts'
import { Shown } from '../../parts/shown.tsx'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { Browser } from './browser.tsx'
import { type Catalog, expressionOf, type Metadata, unitOfExpression } from './catalog.ts'
import { QueryBox } from './query-box.tsx'
import { Chart, EXPRESSION, type Results, Series } from './result.tsx'

/** The parameters of the address that have expressions. */
const PARAMS = ['q', 'q2', 'q3', 'q4', 'q5']
const VIEWS = ['chart', 'bars', 'table'] as const
const LETTERS = 'ABCDE'

/** Any series by PromQL. */
export default function MetricsPage() {
  const { address, api, time } = useApp()
  const metadata = useAnswer<{ data: Readonly<Record<string, readonly Metadata[]>> }>(() => [
    '/api/v1/metadata',
  ])
  const catalog = useComputed(
    (): Catalog =>
      new Map(
        Object.entries(metadata.answer.value.value?.data ?? {}).flatMap(([name, [first]]) =>
          first === undefined ? [] : [[name, first] as const],
        ),
      ),
  )
  const metrics = useComputed(() =>
    [...catalog.value].flatMap(([name, { type, help }]) => {
      const about = `${type}: ${help}`
      return type === 'histogram'
        ? ['_bucket', '_count', '_sum'].map((suffix) => [name + suffix, about] as const)
        : [[name, about] as const]
    }),
  )
  const queries = useComputed(() => PARAMS.flatMap((name) => address.params.value.get(name) ?? []))
  const loads = useMemo(
    () => PARAMS.map(() => growing((query, grid, aborted) => queryRange(api, query, grid, aborted))),
    [api],
  )
  const { answer, retry } = useLoaded((_, aborted) => {
    const texts = queries.value.filter((query) => query !== '')
    void time.beat.value
    const grid = time.grid.value
    return texts.length === 0
      ? undefined
      : resultsOf(texts.flatMap((query, at) => loads[at]?.(query, grid, aborted) ?? []))
  })
  const view = VIEWS.find((each) => each === address.params.value.get('view')) ?? 'chart'

  function show(next: readonly string[]): void {
    address.adjust(Object.fromEntries(PARAMS.map((name, at) => [name, next[at] ?? null])))
  }
  useKeys({ '/': () => document.querySelector<HTMLElement>('.query textarea')?.focus() })

  const shown = queries.value.length === 0 ? [''] : queries.value
  const asked = queries.value.filter((query) => query !== '')
  const units = asked.map((query) => unitOfExpression(query, catalog.value))
  return (
    <Page title="Metrics" state={<span class="muted small">all series, by PromQL</span>}>
      <div class="split-view">
        <Browser
          catalog={catalog.value}
          onChoose={(metric) => {
            show([expressionOf(metric), ...queries.value.slice(1)])
          }}
        />
        <div class="issue">
          <div class="queries">
            {shown.map((q, at) => (
              <div key={at}>
                <QueryBox
                  q={q}
                  label={shown.length > 1 ? (LETTERS[at] ?? '') : ''}
                  metrics={metrics.value}
                  error={answer.value.value?.errors[at]}
                  onRun={(next) => show(shown.with(at, next))}
                  onRemove={shown.length > 1 ? () => show(shown.toSpliced(at, 1)) : undefined}
                />
                {q !== '' && answer.value.value?.errors[at] !== undefined && (
                  <p class="said bad" role="alert">
                    <i class="mark" data-state="bad" />
                    {answer.value.value.errors[at]}
                  </p>
                )}
              </div>
            ))}
          </div>
          <div class="head">
            <button
              type="button"
              class="btn tiny"
              disabled={shown.length >= PARAMS.length || shown.at(-1) === ''}
              onClick={() => show([...shown, ''])}
            >
              Add an expression
            </button>
            <div class="seg tiny push" role="group" aria-label="View">
              {VIEWS.map((each) => (
                <button
                  key={each}
                  type="button"
                  class="btn"
                  aria-pressed={each === view}
                  onClick={() => address.adjust({ view: each === 'chart' ? null : each })}
                >
                  {each[0]?.toUpperCase() + each.slice(1)}
                </button>
              ))}
            </div>
          </div>
          {asked.length === 0 ? (
            <p class="empty">
              <b>Choose a metric, or write an expression.</b>
              The language is the one of Prometheus. <kbd>Tab</kbd> completes metrics, functions, labels and
              values.
            </p>
          ) : (
            <>
              {view !== 'table' &&
                [...new Set(units)].map((unit, _, all) => {
                  const letters = units
                    .flatMap((each, at) => (each === unit ? (LETTERS[at] ?? []) : []))
                    .join(', ')
                  return (
                    <Chart
                      key={asked.join('\n') + unit}
                      answer={answer}
                      retry={retry}
                      unit={unit}
                      isBars={view === 'bars'}
                      queries={asked}
                      letters={all.length > 1 ? letters : undefined}
                    />
                  )
                })}
              <Shown answer={answer} retry={retry}>
                {(results) => (
                  <Series
                    results={results}
                    unitOf={(letter) => units[letter === undefined ? 0 : LETTERS.indexOf(letter)] ?? 'number'}
                  />
                )}
              </Shown>
            </>
          )}
        </div>
      </div>
    </Page>
  )
}

/** Joins the lines of all expressions. One that fails does not take the others with it. */
async function resultsOf(asked: ReadonlyArray<Promise<Lines>>): Promise<Results> {
  const settled = await Promise.allSettled(asked)
  const errors = settled.map((each) => (each.status === 'rejected' ? sentenceOf(each.reason) : undefined))
  const found = settled.map((each) => (each.status === 'fulfilled' ? each.value : undefined))
  const first = found.find((each) => each !== undefined)
  const lines = found.flatMap((each, at) =>
    (each?.lines ?? []).map(({ labels, values }) => ({
      labels: asked.length > 1 ? { [EXPRESSION]: LETTERS[at] ?? '', ...labels } : labels,
      values,
    })),
  )
  return { grid: first?.grid ?? { start: 0, step: 1, count: 1 }, lines, errors }
}

const sentenceOf = (reason: unknown) => (reason instanceof Error ? reason.message : String(reason))
