import { type ReadonlySignal, useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import { useNormal } from '../../api/normal.ts'
import { useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { Spark, type SparkProps } from '../../charts/spark.tsx'
import type { Mark } from '../../charts/types.ts'
import { textOf } from '../../format/numbers.ts'
import { useApp } from '../../state/app.ts'
import type { Grid } from '../../state/time.ts'
import { ABNORMAL, DEGRADED, FAILING, type Figure as Name, linesBy, serviceQuery, wasOf } from './figures.ts'

/** The values of a figure by service, or by what is called, and their grid. */
interface Values {
  readonly grid: Grid
  readonly by: ReadonlyMap<string, ReadonlyArray<number | null>>
}

/** The lines of the three figures. `undefined`: not loaded yet. */
export type FigureLines = Readonly<Record<Name, ReadonlySignal<Values | undefined>>>

/** Loads the lines of the three figures, told apart by a label. */
export function useFigures(
  label: 'job' | 'server',
  query: (figure: Name, step: number) => string,
): FigureLines {
  const { time } = useApp()
  const of = (figure: Name) => {
    const { answer } = useLines(() => query(figure, time.grid.value.step / 1_000))
    return useComputed(() => {
      const { value } = answer.value
      return value && { grid: value.grid, by: linesBy(label, value) }
    })
  }
  const [rate, errors, p95] = [of('rate'), of('errors'), of('p95')]
  return useMemo(() => ({ rate, errors, p95 }), [rate, errors, p95])
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
  marks?: readonly Mark[] | undefined
  /** The class of the row's state. */
  state?: string
  /** Whether the sparkline has the usual range of a service behind it. */
  hasBand?: boolean
}) {
  const { value } = lines[figure]
  const values = value && (value.by.get(of) ?? [])
  const was = wasOf(figure, now, values)
  const { text, about, unit, over, max } = LOOK[figure]
  const isSlow = figure === 'p95' && was !== undefined && (now ?? 0) >= ABNORMAL * was
  const isWrong = figure === 'errors' ? (now ?? 0) >= DEGRADED : isSlow
  const isBad = figure === 'errors' ? (now ?? 0) >= FAILING : state === 'bad'
  const spark: SparkProps = {
    label: `${of}, ${about}`,
    values,
    grid: value?.grid,
    over: isSlow ? ABNORMAL * was : over,
    max,
    marks,
  }
  return (
    <>
      <td class="sp">{hasBand ? <Usual of={of} figure={figure} spark={spark} /> : <Spark {...spark} />}</td>
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

/** The sparkline of a service on its usual range. */
function Usual({ of, figure, spark }: { of: string; figure: Name; spark: SparkProps }) {
  const { time } = useApp()
  const band = useNormal(() => serviceQuery(figure, time.grid.value.step / 1_000, of))
  return <Spark {...spark} band={band.value} />
}
