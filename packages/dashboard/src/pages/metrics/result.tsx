import { useComputed, type ReadonlySignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import { type Answer, mapAnswer } from '../../api/answer.ts'
import { useExemplars } from '../../api/exemplars.ts'
import type { Line, Lines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { LineChart } from '../../charts/line-chart.tsx'
import { CATEGORIES, lastOf } from '../../charts/lines.ts'
import { Spark } from '../../charts/spark.tsx'
import { grouped, type Unit } from '../../format/numbers.ts'
import { useApp } from '../../state/app.ts'
import { Table } from '../../tables/table.tsx'

/** The lines of all expressions, and what was wrong with those that failed, by their place. */
export interface Results extends Lines {
  readonly errors: ReadonlyArray<string | undefined>
}

/** The label that has the letter of a line's expression, if there are several. */
export const EXPRESSION = '__expression__'

/** The result of the expressions as a chart of lines or bars. */
export function Chart({
  answer,
  retry,
  unit,
  isBars,
  queries,
  letters,
}: {
  answer: ReadonlySignal<Answer<Results>>
  retry: () => void
  unit: Unit
  isBars: boolean
  queries: readonly string[]
  /** The expressions of this chart, if there are several charts: those of one unit. */
  letters: string | undefined
}) {
  const { address } = useApp()
  const exemplars = useExemplars(() => queries.find((query) => query.includes('_bucket')))
  const shown = useMemo(
    () =>
      mapAnswer(answer, (results) =>
        letters === undefined
          ? results
          : {
              ...results,
              lines: results.lines.filter(({ labels }) => letters.includes(labels[EXPRESSION] ?? '')),
            },
      ),
    [answer, letters],
  )
  const count = useComputed(() => shown.value.value?.lines.length ?? 0)
  return (
    <LineChart
      title={letters ?? 'Result'}
      of={
        count.value > CATEGORIES
          ? `the first ${CATEGORIES} of ${grouped(count.value)} series: add a condition, or aggregate`
          : undefined
      }
      unit={unit}
      height="h16"
      answer={shown}
      retry={retry}
      empty={<span>No series matches in this range. Choose another range, or remove a condition.</span>}
      bars={isBars}
      exemplars={exemplars}
      onExemplar={({ traceId, spanId }) => address.go(address.to(`/traces/${traceId}`, { span: spanId }))}
    />
  )
}

/** The series of the expressions, with their values at the sightline or at the end. */
export function Series({
  results,
  unitOf,
}: {
  results: Results
  unitOf: (letter: string | undefined) => Unit
}) {
  const { grid } = results
  const nameOf = ({ labels }: Line) => {
    const { __name__: name = '', [EXPRESSION]: letter, ...others } = labels
    const text = Object.entries(others).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    return `${letter === undefined ? '' : `${letter}: `}${name}{${text.join(', ')}}`
  }
  return (
    <Table
      label="Series"
      rows={results.lines}
      keyOf={nameOf}
      textOf={nameOf}
      columns={[
        { key: 'series', head: 'Series', sort: nameOf, isAscending: true },
        { key: 'trend', head: <span class="sr">Trend</span>, class: 'ph' },
        { key: 'value', head: 'Value', class: 'num', sort: ({ values }) => lastOf(values) },
      ]}
    >
      {(line) => (
        <>
          <th scope="row" class="code clip">
            <bdi title={nameOf(line)}>{nameOf(line)}</bdi>
          </th>
          <td class="spk ph">
            <Spark label={nameOf(line)} values={line.values} grid={grid} />
          </td>
          <td class="num">
            <Figure
              of={lastOf(line.values)}
              values={line.values}
              grid={grid}
              unit={unitOf(line.labels[EXPRESSION])}
            />
          </td>
        </>
      )}
    </Table>
  )
}
