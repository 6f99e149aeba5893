import type { ReadonlySignal } from '@preact/signals'

import type { Answer } from '../../api/answer.ts'
import { useNormal } from '../../api/normal.ts'
import { type Lines, useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { Spark } from '../../charts/spark.tsx'
import type { Mark } from '../../charts/types.ts'
import { textOf } from '../../format/numbers.ts'
import { useApp } from '../../state/app.ts'
import { ABNORMAL, DEGRADED, FAILING, type Figure as Name, linesBy, serviceQuery, wasOf } from './figures.ts'

/** The lines of the three figures. */
export type FigureLines = Readonly<Record<Name, ReadonlySignal<Answer<Lines>>>>

/** Loads the lines of the three figures. */
export function useFigures(query: (figure: Name, step: number) => string): FigureLines {
  const { time } = useApp()
  const of = (figure: Name) => useLines(() => query(figure, time.grid.value.step / 1_000)).answer
  return { rate: of('rate'), errors: of('errors'), p95: of('p95') }
}

const LOOK = {
  rate: { text: 'Requests', about: 'requests per second', unit: '/s', over: undefined, max: 0 },
  errors: { text: 'Errors', about: 'share of errors', unit: 'ratio', over: DEGRADED, max: 0.04 },
  p95: { text: 'p95', about: '95th percentile', unit: 's', over: undefined, max: 0 },
} as const

/** A figure with its sparkline, and what it was if it has left its usual range. */
export function Cell({
  of,
  figure,
  by,
  now,
  lines,
  marks,
  state = '',
  hasBand = false,
}: {
  /** The service, or what is called. */
  of: string
  figure: Name
  by: 'job' | 'server'
  /** The value of the last minutes. */
  now: number | null | undefined
  lines: FigureLines
  marks?: readonly Mark[]
  /** The class of the row's state. */
  state?: string
  /** Whether the sparkline has the usual range of a service behind it. */
  hasBand?: boolean
}) {
  const { time } = useApp()
  const { value } = lines[figure].value
  const band = useNormal(() => (hasBand ? serviceQuery(figure, time.grid.value.step / 1_000, of) : undefined))
  const values = value === undefined ? undefined : (linesBy(by, value).get(of) ?? [])
  const was = wasOf(figure, now, values)
  const { text, about, unit, over, max } = LOOK[figure]
  const isSlow = figure === 'p95' && was !== undefined && (now ?? 0) >= ABNORMAL * was
  const isWrong = figure === 'errors' ? (now ?? 0) >= DEGRADED : isSlow
  const isBad = figure === 'errors' ? (now ?? 0) >= FAILING : state === 'bad'
  return (
    <>
      <td class="sp">
        <Spark
          label={`${of}, ${about}`}
          values={values}
          grid={value?.grid}
          over={isSlow ? ABNORMAL * was : over}
          max={max}
          band={band.value}
          marks={marks}
        />
      </td>
      <td class="num" data-label={by === 'server' && figure === 'rate' ? 'Calls' : text}>
        <Figure
          of={now}
          values={values}
          grid={value?.grid}
          unit={unit}
          state={isWrong ? (isBad ? 'bad' : 'warn') : undefined}
        />
        {was !== undefined && <span class="was">was {textOf(was, unit)}</span>}
      </td>
    </>
  )
}
