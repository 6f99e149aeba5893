import { type ReadonlySignal, useComputed } from '@preact/signals'

import { useLoaded } from '../../api/answer.ts'
import { useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { lastOf } from '../../charts/lines.ts'
import { Spark } from '../../charts/spark.tsx'
import type { Mark } from '../../charts/types.ts'
import { prefixOf, titleOf, unitOf, unitPer } from '../../format/metrics.ts'
import { textOf } from '../../format/numbers.ts'
import { spanText } from '../../format/ranges.ts'
import { Shown } from '../../parts/shown.tsx'
import { useApp } from '../../state/app.ts'
import { changeOf, type Comparison, comparisonOf, linesOf } from '../business/compare.ts'
import { boardOf, type Instrument, savedBoard } from '../business/instruments.ts'
import { chartQuery } from '../business/queries.ts'

const WEEK = 604_800_000

/** The pinned figures of the business, now and before. */
export function Business({ marks }: { marks: ReadonlySignal<readonly Mark[]> }) {
  const { address, time } = useApp()
  const { answer, retry } = useLoaded(async (api, aborted) => {
    const [{ instruments }, saved, { store }] = await Promise.all([
      api.get<{ instruments: readonly Instrument[] }>('/api/instruments', {}, aborted),
      api.get<unknown>('/api/settings/board', {}, aborted),
      api.get<{ store: { oldest: number | null } }>('/api/hub', {}, aborted),
    ])
    return { board: boardOf(instruments, savedBoard(saved)), instruments, oldest: store.oldest }
  })
  const { from, to } = time.span.value
  const span = spanText(time.span.value, time.last.value)
  return (
    <section class="c5" aria-labelledby="h-shop">
      <div class="head">
        <h2 id="h-shop">Business</h2>
        <span class="aside">
          <a href={address.to('/business')}>All instruments</a>
        </span>
      </div>
      <Shown
        answer={answer}
        retry={retry}
        isEmpty={({ board }) => board.pinned.length === 0}
        empty="No service has an instrument of its own."
      >
        {({ board, instruments, oldest }) => {
          const hasWeek = oldest !== null && oldest < to - WEEK
          const comparison = comparisonOf(hasWeek ? 'week' : 'before', to, to - from)
          const prefix = prefixOf(instruments.filter(({ business }) => business).map(({ name }) => name))
          return (
            <table class="tbl" aria-labelledby="h-shop">
              <thead>
                <tr>
                  <th scope="col">Pinned</th>
                  <th scope="col">{span}</th>
                  <th scope="col" class="num">
                    Now
                  </th>
                  <th scope="col" class="num">
                    {comparison.text[0]?.toUpperCase() + comparison.text.slice(1)}
                  </th>
                </tr>
              </thead>
              <tbody>
                {board.pinned.map((instrument) => (
                  <Row
                    key={`${instrument.name} ${comparison.ms}`}
                    instrument={instrument}
                    comparison={comparison}
                    title={titleOf(instrument.name, prefix)}
                    marks={marks}
                  />
                ))}
              </tbody>
            </table>
          )
        }}
      </Shown>
    </section>
  )
}

function Row({
  instrument,
  comparison,
  title,
  marks,
}: {
  instrument: Instrument
  comparison: Comparison
  title: string
  marks: ReadonlySignal<readonly Mark[]>
}) {
  const { time } = useApp()
  const { name, type, ratio, help } = instrument
  const base = ratio === null ? unitOf(name, instrument.unit) : 'ratio'
  const unit = type === 'counter' && ratio === null ? unitPer(base, 'min') : base
  const { answer } = useLines(() =>
    chartQuery(instrument, { step: time.grid.value.step / 1_000, before: comparison.ms }),
  )
  const shown = useComputed(() => {
    const { value } = answer.value
    return value === undefined
      ? undefined
      : { grid: value.grid, lines: linesOf(instrument, comparison.text, value) }
  }).value
  const { lines = [], grid = time.grid.value } = shown ?? {}
  const main = lines.find(({ style }) => style === 'ink')
  const before = lines.find(({ style }) => style === 'prev')
  const state = changeOf(lines, unit, grid)?.state
  const was = lastOf(before?.values ?? [])
  return (
    <tr>
      <th scope="row" title={help}>
        <bdi>{title}</bdi>
      </th>
      <td>
        <Spark
          label={`${title}, ${spanText(time.span.value, time.last.value).toLowerCase()}`}
          values={shown === undefined ? undefined : (main?.values ?? [])}
          grid={grid}
          isNarrow={ratio !== null || type === 'gauge'}
          marks={marks.value}
        />
      </td>
      <td class="num strong">
        <Figure of={lastOf(main?.values ?? [])} values={main?.values} grid={grid} unit={unit} state={state} />
      </td>
      <td class="num muted">{was !== null && textOf(was, unit)}</td>
    </tr>
  )
}
