import { type ReadonlySignal, useComputed } from '@preact/signals'

import { useLoaded } from '../../api/answer.ts'
import { queryAt, useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { LineChart } from '../../charts/line-chart.tsx'
import { lastOf } from '../../charts/lines.ts'
import type { Mark } from '../../charts/types.ts'
import { titleOf, unitOf, unitPer } from '../../format/metrics.ts'
import { textOf } from '../../format/numbers.ts'
import { useApp } from '../../state/app.ts'
import { changeOf, type Comparison, linesOf } from './compare.ts'
import { type Instrument, splitOf } from './instruments.ts'
import { chartQuery, totalQuery } from './queries.ts'
import { Stock } from './stock.tsx'

/** What a tile can do with its place on the board. */
export interface Placing {
  readonly isPinned: boolean
  pin(): void
  /** Deletes it. Only for ratios that were made on the page. */
  readonly remove?: (() => void) | undefined
}

/** An instrument on the board. */
export function Tile({
  instrument,
  prefix,
  comparison,
  marks,
  placing,
}: {
  instrument: Instrument
  prefix: string
  comparison: Comparison
  marks: ReadonlySignal<readonly Mark[]>
  placing: Placing
}) {
  const title = titleOf(instrument.name, prefix)
  const label = splitOf(instrument.labels)
  const caption = <Caption instrument={instrument} label={label} placing={placing} />
  const isLevels = instrument.type === 'gauge' && label !== undefined && instrument.ratio === null
  return isLevels ? (
    <Stock instrument={instrument} label={label} title={title} caption={caption} />
  ) : (
    <ChartTile
      key={`${instrument.name} ${comparison.ms}`}
      instrument={instrument}
      title={title}
      caption={caption}
      comparison={comparison}
      marks={marks}
    />
  )
}

function ChartTile({
  instrument,
  title,
  caption,
  comparison,
  marks,
}: {
  instrument: Instrument
  title: string
  caption: preact.JSX.Element
  comparison: Comparison
  marks: ReadonlySignal<readonly Mark[]>
}) {
  const { time } = useApp()
  const base = instrument.ratio === null ? unitOf(instrument.name, instrument.unit) : 'ratio'
  const unit = instrument.type === 'counter' ? unitPer(base, 'min') : base
  const { answer, retry } = useLines(() =>
    chartQuery(instrument, { step: time.grid.value.step, before: comparison.ms }),
  )
  const total = useTotal(instrument)
  const shown = useComputed(() => {
    const { value } = answer.value
    if (value === undefined) return undefined
    const lines = linesOf(instrument, comparison.text, value)
    return { lines, grid: value.grid, main: lines.find(({ style }) => style === 'ink') }
  })
  const { lines = [], grid = time.grid.value, main } = shown.value ?? {}
  const change = changeOf(lines, unit, grid)
  const hasOutcomes = instrument.type === 'counter' && lines.length > 0 && main?.label !== 'now'
  const isDistribution = instrument.type === 'histogram'
  const median = lines.find(({ style }) => style === 'p50')
  const leading = isDistribution && median !== undefined ? median : main
  return (
    <LineChart
      title={title}
      of={caption}
      unit={unit}
      layout="tile"
      height="h7"
      answer={answer}
      retry={retry}
      marks={marks}
      lines={(loaded) => linesOf(instrument, comparison.text, loaded)}
      figure={
        <p class="fig">
          <b>
            <Figure
              of={leading && lastOf(leading.values)}
              values={leading?.values}
              grid={grid}
              unit={unit}
              state={change?.state}
            />
          </b>
          {(hasOutcomes || isDistribution) && (
            <span class="u">{isDistribution ? 'median' : leading?.label}</span>
          )}
          <span class={`change ${change?.state ?? ''}`}>
            {[
              isDistribution ? main && `p95 ${textOf(lastOf(main.values) ?? 0, unit)}` : change?.text,
              total !== undefined &&
                `${isDistribution ? 'sum ' : ''}today ${textOf(total, base === 'number' ? 'int' : base)}`,
            ]
              .filter(Boolean)
              .join('; ')}
          </span>
        </p>
      }
    />
  )
}

/** The total since midnight, asked for once a minute. */
function useTotal(instrument: Instrument): number | undefined {
  const { time } = useApp()
  const minute = useComputed(() => Math.floor(time.span.value.to / 60_000))
  const { answer } = useLoaded((api, aborted) => {
    const to = minute.value * 60_000
    const query = totalQuery(instrument, (to - new Date(to).setHours(0, 0, 0, 0)) / 1_000)
    return query === undefined ? undefined : queryAt(api, query, to, aborted)
  })
  return answer.value.value?.[0]?.value
}

function Caption({
  instrument: { name, help, ratio },
  label,
  placing: { isPinned, pin, remove },
}: {
  instrument: Instrument
  label: string | undefined
  placing: Placing
}) {
  const { address } = useApp()
  const text = ratio === null && label !== undefined ? `${name} by ${label}` : name
  const query = ratio === null ? name : `${ratio.of} / ${ratio.to}`
  return (
    <>
      <span class="acts">
        {remove !== undefined && (
          <button type="button" class="linkish" onClick={remove}>
            Delete
          </button>
        )}
        <button type="button" class="linkish" aria-pressed={isPinned} onClick={pin}>
          {isPinned ? 'Unpin' : 'Pin'}
          <span class="sr"> {name}</span>
        </button>
      </span>
      <a
        class="plain"
        href={address.to('/explore', { q: query })}
        title={[help, query].filter(Boolean).join('\n')}
      >
        <code>{text}</code>
      </a>
    </>
  )
}
